import type { CatalogChange, CatalogChanged, CatalogReset } from './change.ts'
import type { ErrorReports } from './error-reports.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { Replayed } from './replay.ts'
import { createVersionOrder, type VersionGap } from './version-order.ts'

export interface DeliveryOptions {
  onChange: (change: CatalogChange) => void | Promise<void>
  onGap: ((gap: VersionGap) => void) | undefined
  replay: (gap: VersionGap) => Promise<Replayed>
  reports: Pick<ErrorReports, 'callback'>
}

/** Hands out changes: one after the other, in order, each once. Nothing is handed out before `begin`. */
export interface Delivery {
  /** The version up to which `onChange` has returned; undefined before the first. */
  readonly delivered: number | undefined
  /** The version up to which it was called; undefined before `begin` or `reset`. */
  readonly reached: number | undefined
  begin(afterVersion: number): void
  hear(change: CatalogChanged): void
  hearOf(version: number): void
  /** Hands out a reset next and goes on after its version. */
  reset(version: number, reason: CatalogReset['reason']): void
  /** Whether all of it, up to this version, has reached the subscriber. */
  hasDelivered(version: number): boolean
  stop(): void
}

export function createDelivery(options: DeliveryOptions): Delivery {
  const order = createVersionOrder(0)
  let delivered: number | undefined
  let hasBegun = false
  let pendingReset: CatalogReset | undefined
  let isResetting = false
  let stopped = false

  const goOn = oneAtATime(async () => {
    while (await deliverNext());
  })

  /** False when there is nothing to hand out now. */
  async function deliverNext(): Promise<boolean> {
    if (stopped || !hasBegun) return false
    const reset = pendingReset
    pendingReset = undefined
    const change = reset ?? order.take()
    if (change) {
      await guarded(options, () => options.onChange(change), change)
      delivered = change.version
      isResetting = pendingReset !== undefined
      return true
    }
    const gap = order.gap()
    return gap !== undefined && fill(gap)
  }

  async function fill(gap: VersionGap): Promise<boolean> {
    const replayed = await options.replay(gap)
    if (typeof replayed !== 'string') for (const change of replayed) order.hear(change)
    // Meanwhile a message or a reset may have closed the gap.
    const isOpen = order.gap()?.from === gap.from
    if (replayed === 'gone' && isOpen) {
      await guarded(options, () => options.onGap?.(gap))
      reset(gap.to, 'unreplayable')
    }
    return replayed !== 'unreachable' || !isOpen
  }

  function reset(version: number, reason: CatalogReset['reason']): void {
    order.restart(version)
    pendingReset = { type: 'reset', version, reason }
    isResetting = true
    hasBegun = true
    goOn()
  }

  return {
    get delivered() {
      return delivered
    },
    get reached() {
      return hasBegun ? order.last : undefined
    },
    begin(version) {
      order.restart(version)
      delivered = version
      hasBegun = true
      goOn()
    },
    hear(change) {
      order.hear(change)
      goOn()
    },
    hearOf(version) {
      order.hearOf(version)
      goOn()
    },
    reset,
    hasDelivered: (version) => !isResetting && delivered !== undefined && delivered >= version,
    stop() {
      stopped = true
    },
  }
}

/** A subscriber's callback never ends the following. */
async function guarded(
  { reports }: DeliveryOptions,
  callback: () => void | Promise<void>,
  change?: CatalogChange,
): Promise<void> {
  try {
    await callback()
  } catch (error) {
    reports.callback(error, change)
  }
}
