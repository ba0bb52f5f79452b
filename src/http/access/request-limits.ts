/**
 * How many requests a caller may make in a minute. Counted in this process, so that no request waits
 * for Redis and each process counts for itself without it; what was counted is brought together with
 * the others in batches. One process is exact. Of several, each may let through what the others do not
 * know yet: a twentieth of the limit, and what arrives while Redis answers.
 */
import { LRUCache } from 'lru-cache'
import { coalesced } from '../../events/coalesced.ts'

/** What one process adds to the count of a caller's minute. */
export interface Addition {
  key: string
  by: number
  ttlMs: number
}

/** The part of a Redis client that is used here. */
export interface LimitRedis {
  /** Adds, and gives the sums of all processes in the same order. */
  addToWindows: (additions: readonly Addition[]) => Promise<number[]>
}

export interface Allowance {
  limit: number
  remaining: number
  resetSeconds: number
  isExceeded: boolean
}

export interface RequestLimits {
  /** Counts one request of whoever the key names, unless that would exceed the limit. */
  take: (key: string, limit: number) => Allowance
  /** What is taken already, without counting; exceeded when nothing remains. */
  look: (key: string, limit: number) => Allowance
  /** Resolves when the others were told, or could not be. */
  close: () => Promise<void>
}

export interface RequestLimitsOptions {
  redis: LimitRedis
  onFailure: (error: unknown) => void
  now?: () => number
  exchangeAfterMs?: number
}

const windowMs = 60_000
/** Callers that are counted at the same time; who was away longest is forgotten first. */
const maxCallers = 100_000
/** Redis does nothing else while it adds. */
const batchSize = 500

interface Count {
  key: string
  window: number
  /** By all processes, as far as is known here. */
  taken: number
  /** Of these, what the others have not been told. */
  untold: number
}

export function createRequestLimits(options: RequestLimitsOptions): RequestLimits {
  const { redis, onFailure, now = Date.now, exchangeAfterMs = 500 } = options
  const counts = new LRUCache<string, Count>({ max: maxCallers })
  const changed = new Set<Count>()
  let timer: NodeJS.Timeout | undefined

  function countOf(key: string): Count {
    const window = Math.floor(now() / windowMs)
    const count = counts.get(key)
    if (count?.window === window) return count
    const fresh = { key, window, taken: 0, untold: 0 }
    counts.set(key, fresh)
    return fresh
  }

  function allowance({ window, taken }: Count, limit: number, isExceeded: boolean): Allowance {
    return {
      limit,
      remaining: Math.max(0, limit - taken),
      resetSeconds: Math.max(1, Math.ceil(((window + 1) * windowMs - now()) / 1000)),
      isExceeded,
    }
  }

  const exchange = coalesced(async () => {
    clearTimeout(timer)
    timer = undefined
    const all = [...changed]
    changed.clear()
    for (let first = 0; first < all.length; first += batchSize)
      // What is left is told with what comes next.
      if (!(await tell(all.slice(first, first + batchSize)))) return
  })

  /** False: it could not be. */
  async function tell(batch: readonly Count[]): Promise<boolean> {
    const additions = batch.map(({ key, window, untold }) => ({
      key: `${key}:${window}`,
      by: untold,
      ttlMs: 2 * windowMs,
    }))
    // What fails may have arrived all the same: it is not told twice.
    for (const count of batch) count.untold = 0
    try {
      const sums = await redis.addToWindows(additions)
      for (const [index, count] of batch.entries())
        count.taken = Math.max(count.taken, (sums[index] ?? 0) + count.untold)
      return true
    } catch (error) {
      onFailure(error)
      return false
    }
  }

  return {
    take(key, limit) {
      const count = countOf(key)
      if (count.taken >= limit) return allowance(count, limit, true)
      count.taken += 1
      count.untold += 1
      changed.add(count)
      if (count.untold * 20 >= limit) void exchange()
      else timer ??= setTimeout(() => void exchange(), exchangeAfterMs).unref()
      return allowance(count, limit, false)
    },
    look(key, limit) {
      const count = countOf(key)
      return allowance(count, limit, count.taken >= limit)
    },
    close: exchange,
  }
}
