/**
 * The relay between the outbox in PostgreSQL and Redis. Delivery is at least once: rows are marked
 * after Redis has acknowledged them, so a crash in between repeats a batch and never loses one. Any
 * number of processes run a relay; a lock in PostgreSQL lets one at a time publish.
 */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { PlumblineError, toPlumblineError, type ErrorCode } from '../errors.ts'
import { coalesced } from './coalesced.ts'
import { eventNames } from './names.ts'
import { createOutageLog, type EventsLog } from './outage-log.ts'
import { publishBatch, type OutboxBatch } from './outbox-batch.ts'

/**
 * Passes the oldest rows that are not announced (up to `limit` of each table, perhaps none) to
 * `publish` while nobody else can, marks them when it resolves and leaves them when it throws.
 * Resolves to their number, or to `busy` when another process is at it.
 */
export type AnnounceNext = (
  limit: number,
  publish: (batch: OutboxBatch) => Promise<void>,
) => Promise<number | 'busy'>

export interface RelayMetrics {
  eventsAnnounced(count: number): void
  announceFailed(code: ErrorCode): void
}

export interface OutboxRelayOptions {
  announceNext: AnnounceNext
  redis: Redis
  log: EventsLog
  metrics?: RelayMetrics
  /** Between two looks at the outbox when nobody calls `drain`; default 5000. */
  intervalMs?: number
  /** Of the names in Redis; default `plumbline`. */
  prefix?: string
}

export interface OutboxRelay {
  /**
   * Announces everything that was committed before the call, unless Redis or PostgreSQL fails: then
   * the rest stays pending, the failure is logged and counted, and the next tick tries again. Never
   * rejects, so a commit does not fail for it. Resolves to the number of events announced. Calls
   * during a drain share one further drain.
   */
  drain(): Promise<number>
  /** Drains now, every `intervalMs`, and whenever Redis has come back. */
  start(): void
  /** After a last batch, of what was committed up to now. The Redis connection stays the caller's. */
  close(): Promise<void>
}

const batchSize = 200
// A batch that Redis could not take within its timeout would never pass: start small and double.
const batchSizeAfterFailure = 10
// The other relay may have read its batch just before our commit, so skipping is not an option.
const busyRetryMs = 100
const busyRetries = 50
const connectWithinMs = 1000

export function createOutboxRelay(options: OutboxRelayOptions): OutboxRelay {
  const { redis, intervalMs = 5000 } = options
  const closing = new AbortController()
  const drain = coalesced(drainer(options, closing.signal))
  const tick = (): void => void drain()
  let timer: NodeJS.Timeout | undefined
  return {
    drain,
    start() {
      if (closing.signal.aborted || timer) return
      timer = setInterval(tick, intervalMs)
      redis.on('ready', tick)
      tick()
    },
    async close() {
      closing.abort()
      clearInterval(timer)
      redis.off('ready', tick)
      await drain()
    },
  }
}

function drainer(options: OutboxRelayOptions, closing: AbortSignal): () => Promise<number> {
  const { log, metrics } = options
  const outage = createOutageLog(log, 'Announcing events')
  const batches = batchAnnouncer(options)
  return async () => {
    let announced = 0
    try {
      for await (const count of batches(closing)) {
        announced += count
        metrics?.eventsAnnounced(count)
        outage.recovered({ announced })
      }
    } catch (error) {
      const known = toPlumblineError(error)
      metrics?.announceFailed(known.code)
      outage.failed(known, { code: known.code })
    }
    return announced
  }
}

/** Announces batch after batch and yields the size of each, until the outbox is empty. */
function batchAnnouncer(options: OutboxRelayOptions) {
  const { redis, announceNext } = options
  const names = eventNames(options.prefix)
  const publish = (batch: OutboxBatch) => publishBatch(redis, names, batch, options.log)
  let limit = batchSize
  return async function* (closing: AbortSignal): AsyncGenerator<number> {
    for (let busy = 0; busy <= busyRetries;) {
      await requireReady(redis)
      const asked = limit
      limit = batchSizeAfterFailure
      const count = await announceNext(asked, publish)
      limit = Math.min(batchSize, asked * 2)
      if (count === 'busy') {
        if (closing.aborted) return
        busy += 1
        await sleep(busyRetryMs)
        continue
      }
      yield count
      if (closing.aborted || count < asked) return
    }
  }
}

/**
 * Asked before a transaction is opened for nothing. A first connection is waited for, so that a
 * command that commits and ends announces what it did.
 */
async function requireReady(redis: Redis): Promise<void> {
  const { status } = redis
  if (status === 'ready') return
  if (status === 'wait' || status === 'connecting' || status === 'connect') {
    const signal = AbortSignal.timeout(connectWithinMs)
    const isReady = await once(redis, 'ready', { signal }).then(
      () => true,
      () => false,
    )
    if (isReady) return
  }
  throw new PlumblineError('redis_unavailable', `Redis is not connected (${redis.status})`, {
    retryable: true,
    nextStep: 'Check that Redis runs and that REDIS_URL is right; the events wait in PostgreSQL.',
  })
}
