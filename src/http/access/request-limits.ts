/**
 * How many requests a caller may make in a minute. Counted in this process and brought together with
 * the other processes in Redis behind the requests' backs: no request waits for it, and without Redis
 * each process counts for itself. So a caller that asks several processes may exceed the limit by what
 * they take in one exchange, a second at most.
 */
import { LRUCache } from 'lru-cache'

/** The part of a Redis client that is used here. */
export interface LimitRedis {
  /** Adds to the count of the window and gives that of all processes. */
  addToWindow: (key: string, by: number, ttlMs: number) => Promise<number>
}

export interface Allowance {
  limit: number
  remaining: number
  resetSeconds: number
  isExceeded: boolean
}

export interface RequestLimits {
  /** Counts one request of whoever the key names. */
  take: (key: string, limit: number) => Allowance
  /** What is taken already, without counting. */
  look: (key: string, limit: number) => Allowance
  close: () => void
}

export interface RequestLimitsOptions {
  redis: LimitRedis
  onFailure: (error: unknown) => void
  now?: () => number
  exchangeEveryMs?: number
}

const windowMs = 60_000

interface Count {
  window: number
  /** Of all processes, as of the last exchange. */
  shared: number
  /** Since then, by this one. */
  own: number
}

export function createRequestLimits(options: RequestLimitsOptions): RequestLimits {
  const { redis, onFailure, now = Date.now, exchangeEveryMs = 1000 } = options
  const counts = new LRUCache<string, Count>({ max: 100_000 })
  const changed = new Set<string>()

  function countOf(key: string): Count {
    const window = Math.floor(now() / windowMs)
    const count = counts.get(key)
    if (count?.window === window) return count
    const fresh = { window, shared: 0, own: 0 }
    counts.set(key, fresh)
    return fresh
  }

  function allowance({ window, shared, own }: Count, limit: number): Allowance {
    const taken = shared + own
    return {
      limit,
      remaining: Math.max(0, limit - taken),
      resetSeconds: Math.ceil(((window + 1) * windowMs - now()) / 1000),
      isExceeded: taken > limit,
    }
  }

  async function exchange(key: string): Promise<void> {
    const count = counts.peek(key)
    if (!count || count.own === 0) return
    const { own, window } = count
    try {
      const shared = await redis.addToWindow(`${key}:${window}`, own, 2 * windowMs)
      // What was taken meanwhile stays our own.
      count.own -= own
      count.shared = shared
    } catch (error) {
      onFailure(error)
    }
  }

  const timer = setInterval(() => {
    const keys = [...changed]
    changed.clear()
    void Promise.all(keys.map(exchange))
  }, exchangeEveryMs)
  timer.unref()

  return {
    take(key, limit) {
      const count = countOf(key)
      count.own += 1
      changed.add(key)
      return allowance(count, limit)
    },
    look: (key, limit) => allowance(countOf(key), limit),
    close: () => clearInterval(timer),
  }
}
