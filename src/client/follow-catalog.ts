import { setTimeout as sleep } from 'node:timers/promises'
import type { EventNames } from '../events/names.ts'
import type { CatalogChange } from './change.ts'
import { createDelivery } from './delivery.ts'
import { createErrorReports, type OnError } from './error-reports.ts'
import { readEvent } from './read-event.ts'
import { replay } from './replay.ts'
import { openSources } from './sources.ts'
import { subscribe } from './subscription.ts'
import { pollTruth } from './truth.ts'
import type { VersionGap } from './version-order.ts'

export interface FollowCatalogOptions {
  redisUrl: string
  /**
   * With it, PostgreSQL is the truth: nothing depends on Redis but speed, and a gap can be replayed
   * as far back as the version log is kept. The role needs SELECT on `catalog_head` and
   * `catalog_versions`. Without it, the truth is what has been announced to Redis.
   */
  databaseUrl?: string
  /** The version that your copy of the catalog is of: what came after it is delivered first. */
  sinceVersion?: number
  /**
   * When the catalog has changed. Calls never overlap: a promise is awaited before the next one. A
   * change whose call fails is reported and not repeated, so that a bad one cannot block the rest:
   * retry inside, or drop everything.
   */
  onChange: (change: CatalogChange) => void | Promise<void>
  /** When versions were missed that nobody can replay; the reset that follows is what to act on. */
  onGap?: (gap: VersionGap) => void
  /**
   * When `onChange` has failed (`change` is given), and when Redis or PostgreSQL fails: reported
   * once a minute each, retried for ever. Default: a process warning.
   */
  onError?: OnError
  /** How often the version is asked for, which bounds how long a lost message stays unnoticed; 2000. */
  pollMs?: number
  /** A version below the delivered one counts as a restored catalog after this long; 30 000. */
  rewindAfterMs?: number
  /** As the server's, when several share a Redis; `plumbline`. */
  prefix?: string
  /** Ends the following, as `close` does. */
  signal?: AbortSignal
}

export interface CatalogFollower {
  /** Everything up to it has been passed to `onChange`. Undefined: Plumbline was never reached. */
  readonly version: number | undefined
  /**
   * How long ago it was last certain that nothing was missing; Infinity: never. Up to `pollMs` plus
   * the time of an answer is the normal state.
   */
  readonly staleForMs: number
  /** Whether `staleForMs` is above `afterMs`, by default three polls. Then do not trust caches. */
  isStale(afterMs?: number): boolean
  /** No call of `onChange` begins afterwards; one that runs is not waited for. Idempotent. */
  close(): Promise<void>
}

/** A service's own start must not hang on ours. */
const startWithinMs = 5000

/**
 * Follows the catalog: calls `onChange` for every version after the current one (or `sinceVersion`),
 * in order, each at most once. Messages that Redis loses (at every reconnect), repeats, and cut or
 * silent connections are its business, not yours.
 *
 *     const follower = await followCatalog({
 *       redisUrl: 'redis://…',
 *       databaseUrl: 'postgres://…',
 *       onChange(change) {
 *         if (change.type === 'reset') return cache.clear()
 *         if (change.truncated) return cache.dropProvider(change.provider)
 *         cache.drop([...change.added, ...change.removed, ...change.updated.map(({ id }) => id)])
 *       },
 *     })
 *
 * Begin to follow first and fill your cache then: what changes in between is delivered. Resolves
 * when the current version is known (with `sinceVersion` at once), or after 5 s without it: it goes
 * on trying, `isStale()` says so, and the first thing delivered is a reset. Rejects only when `signal`
 * is aborted before that.
 */
export async function followCatalog(options: FollowCatalogOptions): Promise<CatalogFollower> {
  const { signal, pollMs = 2000 } = options
  signal?.throwIfAborted()
  const { delivery, truth, close } = await connect(options)
  const abort = (): void => void close()
  signal?.addEventListener('abort', abort, { once: true })
  if (options.sinceVersion === undefined) await unlessLate(truth.firstTold, signal)
  truth.giveUpWaiting()
  signal?.throwIfAborted()
  return {
    get version() {
      return delivery.delivered
    },
    get staleForMs() {
      return truth.staleForMs()
    },
    isStale: (afterMs = 3 * pollMs) => truth.staleForMs() > afterMs,
    close() {
      signal?.removeEventListener('abort', abort)
      return close()
    },
  }
}

async function connect(options: FollowCatalogOptions) {
  const { redisUrl, pollMs = 2000, rewindAfterMs = 30_000 } = options
  const names = namesInRedis(options.prefix)
  const reports = createErrorReports(options.onError)
  const onRedisError = (error: unknown): void => reports.outage('redis', error)
  const sources = await openSources({ ...options, names, reports })
  const delivery = createDelivery({
    onChange: options.onChange,
    onGap: options.onGap,
    replay: (gap) => replay(gap, sources.replays, reports),
    reports,
  })
  if (options.sinceVersion !== undefined) delivery.begin(options.sinceVersion)
  const { readVersion } = sources
  const truth = pollTruth({ readVersion, delivery, pollMs, rewindAfterMs })
  sources.onConnected(truth.check)
  const unsubscribe = subscribe({
    redisUrl,
    channel: names.channel,
    onMessage(text) {
      const change = readEvent(text)
      if (change) delivery.hear(change)
    },
    onSubscribed: truth.check,
    onError: onRedisError,
  })
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    reports.mute()
    delivery.stop()
    truth.stop()
    unsubscribe()
    return (closed ??= sources.close())
  }
  return { delivery, truth, close }
}

async function unlessLate(told: Promise<void>, signal?: AbortSignal): Promise<void> {
  const waited = new AbortController()
  const ends = signal ? AbortSignal.any([signal, waited.signal]) : waited.signal
  const late = sleep(startWithinMs, undefined, { signal: ends }).catch(() => {})
  await Promise.race([told, late])
  waited.abort()
}

/** As events/names.ts has them: the type is shared, the module is not, since this one stands alone. */
function namesInRedis(prefix = 'plumbline'): EventNames {
  return {
    channel: `${prefix}:invalidations`,
    stream: `${prefix}:events`,
    versionKey: `${prefix}:version`,
  }
}
