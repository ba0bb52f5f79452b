import type { Delivery } from './delivery.ts'
import { oneAtATime } from './one-at-a-time.ts'

export interface TruthOptions {
  /** The newest version there is; undefined: it cannot be told now. Never rejects. */
  readVersion: () => Promise<number | undefined>
  delivery: Delivery
  pollMs: number
  /** How long the truth must stay below what was handed out before it is believed. */
  rewindAfterMs: number
}

export interface Truth {
  /** Asks now, beside the polling. */
  check: () => void
  /** Resolves when the truth has been told once. */
  readonly firstTold: Promise<void>
  /** From now on the first answer is told to the subscriber as a reset: it may have read before. */
  giveUpWaiting(): void
  /** Since the catalog was last known to be delivered in full; Infinity before that. */
  staleForMs(): number
  stop(): void
}

/** Polls the version, since messages are lost at every reconnect: the truth closes what they leave open. */
export function pollTruth(options: TruthOptions): Truth {
  const { delivery, pollMs, rewindAfterMs } = options
  let tellFirst = (): void => {}
  const firstTold = new Promise<void>((resolve) => (tellFirst = resolve))
  let isLate = false
  let belowSince: number | undefined
  let currentAt = Number.NEGATIVE_INFINITY
  let unconfirmed: { version: number; askedAt: number } | undefined

  function confirm(): void {
    if (!unconfirmed || !delivery.hasDelivered(unconfirmed.version)) return
    currentAt = unconfirmed.askedAt
    unconfirmed = undefined
  }

  function learn(version: number, askedAt: number): void {
    if (delivery.reached === undefined) {
      if (isLate) delivery.reset(version, 'late_start')
      else delivery.begin(version)
    }
    if (version < (delivery.reached ?? 0)) {
      // A replica that lags, a failover that lost a write: neither lasts. A restored backup does.
      belowSince ??= askedAt
      if (askedAt - belowSince < rewindAfterMs) return
      delivery.reset(version, 'rewound')
      unconfirmed = undefined
    }
    belowSince = undefined
    delivery.hearOf(version)
    confirm()
    unconfirmed ??= { version, askedAt }
    tellFirst()
  }

  const check = oneAtATime(async () => {
    const askedAt = performance.now()
    const version = await options.readVersion()
    if (version !== undefined) learn(version, askedAt)
  })

  const timer = setInterval(check, pollMs)
  check()
  return {
    check,
    firstTold,
    giveUpWaiting: () => void (isLate = true),
    staleForMs() {
      confirm()
      return Math.max(0, performance.now() - currentAt)
    },
    stop: () => clearInterval(timer),
  }
}
