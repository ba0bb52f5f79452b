/**
 * The slots of request-limit.ts in Redis, where all workers see them. The limit protects upstreams and
 * must not stop refreshes: without Redis requests go through.
 */
import type { ReserveSlot } from './request-limit.ts'

/** What is used of a connection; it should give up within a second. */
export interface SlotsRedis {
  eval: (script: string, keyCount: number, ...args: (string | number)[]) => Promise<unknown>
}

export interface RequestSlots {
  /** Called when a slot is needed first. */
  redis: () => SlotsRedis
  /** In braces: all keys on one node of a cluster, as those of the queues. */
  prefix: string
  /** A request went through without a slot. */
  onFailure: (error: Error) => void
  /** Tests have shorter minutes. */
  minuteMs?: number
}

// The list has the times of the last requests, the newest first: the next one may be sent a minute
// after the one that is `limit` places back. Exact, where a bucket that refills would let twice the
// limit pass in its first minute. The clock is that of Redis, since those of workers differ.
const reserveScript = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local limit, minute, patience = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local before = redis.call('LINDEX', KEYS[1], limit - 1)
local slot = now
if before then slot = math.max(now, tonumber(before) + minute) end
if slot - now > patience then return slot - now end
redis.call('LPUSH', KEYS[1], string.format('%.0f', slot))
redis.call('LTRIM', KEYS[1], 0, limit - 1)
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', slot - now + minute))
return slot - now`

/** After a failure Redis is left alone for this long: each try may cost a request a second. */
const restMs = 5000

export function createRequestSlots({
  redis,
  prefix,
  onFailure,
  minuteMs = 60_000,
}: RequestSlots): ReserveSlot {
  let askAgainAt = 0
  return async (upstream, requestsPerMinute, maxWaitMs) => {
    if (performance.now() < askAgainAt) return 0
    try {
      const key = `${prefix}:rate:${upstream}`
      const args = [requestsPerMinute, minuteMs, maxWaitMs]
      const waitMs = await redis().eval(reserveScript, 1, key, ...args)
      if (typeof waitMs !== 'number') throw new TypeError('Redis did not answer with a number.')
      return waitMs
    } catch (error) {
      askAgainAt = performance.now() + restMs
      onFailure(error instanceof Error ? error : new Error(String(error)))
      return 0
    }
  }
}
