import type { Delivery } from './delivery.ts'
import { oneAtATime } from './one-at-a-time.ts'

export interface Truth {
  /** Resolves when the truth has been told once. */
  readonly firstTold: Promise<void>
  /** From now on the first answer is told to the subscriber as a reset: it may have read before. */
  giveUpWaiting(): void
  /** Since the catalog was last known to be delivered in full; Infinity before that. */
  staleForMs(): number
}

/** A truth that is told: the newest version there was at a moment (`performance.now()`). */
export interface ToldTruth extends Truth {
  learn(version: number, at: number): void
}

export interface TruthOptions {
  delivery: Delivery
  /** How long the truth must stay below what was handed out before it is believed. */
  rewindAfterMs: number
}

/** What is known of the newest version, and since when all of it is delivered. */
export function createTruth({ delivery, rewindAfterMs }: TruthOptions): ToldTruth {
  let tellFirst = (): void => {}
  const firstTold = new Promise<void>((resolve) => (tellFirst = resolve))
  let isLate = false
  let belowSince: number | undefined
  let currentAt = Number.NEGATIVE_INFINITY
  let unconfirmed: { version: number; at: number } | undefined

  function confirm(): void {
    if (!unconfirmed || !delivery.hasDelivered(unconfirmed.version)) return
    currentAt = unconfirmed.at
    unconfirmed = undefined
  }

  function learn(version: number, at: number): void {
    if (delivery.reached === undefined) {
      if (isLate) delivery.reset(version, 'late_start')
      else delivery.begin(version)
    }
    if (version < (delivery.reached ?? 0)) {
      // A replica that lags, a failover that lost a write: neither lasts. A restored backup does.
      belowSince ??= at
      if (at - belowSince < rewindAfterMs) return
      delivery.reset(version, 'rewound')
      unconfirmed = undefined
    }
    belowSince = undefined
    // What was told before belongs to a past that was undone.
    if (unconfirmed && unconfirmed.version > version) unconfirmed = undefined
    delivery.hearOf(version)
    confirm()
    unconfirmed ??= { version, at }
    tellFirst()
  }

  return {
    learn,
    firstTold,
    giveUpWaiting: () => void (isLate = true),
    staleForMs() {
      confirm()
      return Math.max(0, performance.now() - currentAt)
    },
  }
}

export interface PollOptions extends TruthOptions {
  /** The newest version there is; undefined: it cannot be told now. Never rejects. */
  readVersion: () => Promise<number | undefined>
  pollMs: number
}

export interface PolledTruth extends Truth {
  /** Asks now, beside the polling. */
  check: () => void
  stop(): void
}

/** Polls the version, since messages are lost at every reconnect: the truth closes what they leave open. */
export function pollTruth({ readVersion, pollMs, ...options }: PollOptions): PolledTruth {
  const truth = createTruth(options)
  const check = oneAtATime(async () => {
    const askedAt = performance.now()
    const version = await readVersion()
    if (version !== undefined) truth.learn(version, askedAt)
  })
  const timer = setInterval(check, pollMs)
  check()
  return { ...truth, check, stop: () => clearInterval(timer) }
}
