import { setTimeout as sleep } from 'node:timers/promises'
import { followOverHttp, type FollowHttpOptions } from './follow-http.ts'
import type { FollowRedisOptions } from './follow-redis.ts'
import type { Following } from './following.ts'

export type FollowCatalogOptions = FollowRedisOptions | FollowHttpOptions

export interface CatalogFollower {
  /** Everything up to it has been passed to `onChange`. Undefined: Plumbline was never reached. */
  readonly version: number | undefined
  /**
   * How long ago it was last certain that nothing was missed; Infinity: never. Up to `pollMs` plus
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
 * in order, each at most once. Messages that are lost, repeats, and cut or silent connections are its
 * business, not yours. Over Redis:
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
 * Over HTTP, for whoever reaches the API only: `{ url: 'https://plumbline.example', apiKey: 'plb_…' }`
 * in place of the first two; what the key's tier does not have is not told.
 *
 * Begin to follow first and fill your cache then: what changes in between is delivered. Resolves
 * when the current version is known (with `sinceVersion` at once), or after 5 s without it: it goes
 * on trying, `isStale()` says so, and the first thing delivered is a reset. Rejects only when `signal`
 * is aborted before that, and for a `url` that is none.
 */
export async function followCatalog(options: FollowCatalogOptions): Promise<CatalogFollower> {
  const { signal } = options
  signal?.throwIfAborted()
  const { delivery, truth, certainEveryMs, close } = await begin(options)
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
    isStale: (afterMs = 3 * certainEveryMs) => truth.staleForMs() > afterMs,
    close() {
      signal?.removeEventListener('abort', abort)
      return close()
    },
  }
}

async function begin(options: FollowCatalogOptions): Promise<Following> {
  if ('url' in options) return followOverHttp(options)
  // Whoever follows over HTTP does without ioredis.
  const { followOverRedis } = await import('./follow-redis.ts')
  return followOverRedis(options)
}

async function unlessLate(told: Promise<void>, signal?: AbortSignal): Promise<void> {
  const waited = new AbortController()
  const ends = signal ? AbortSignal.any([signal, waited.signal]) : waited.signal
  const late = sleep(startWithinMs, undefined, { signal: ends }).catch(() => {})
  await Promise.race([told, late])
  waited.abort()
}
