/** Redis for answering requests: it is faster than PostgreSQL or it is not used. */
import { Redis } from 'ioredis'
import { createOutageLog, type EventsLog } from '../events/outage-log.ts'

/** What this file opens, for those who pass it on. */
export type HttpRedis = Redis

/** Longer than a healthy Redis ever takes, shorter than a caller notices. */
const commandTimeoutMs = 100

/** Commands fail at once while it is away (measured with the defaults: requests hang for more than 8 s). */
export function openHttpRedis(url: string, log: EventsLog): HttpRedis {
  const redis = new Redis(url, {
    connectionName: 'plumbline-http',
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    commandTimeout: commandTimeoutMs,
    socketTimeout: 5000,
    keepAlive: 10_000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 2000) + Math.random() * 200,
  })
  const outage = createOutageLog(log, 'The connection to Redis for requests (they go on without)')
  redis.on('error', (error: Error) => outage.failed(error))
  redis.on('ready', () => outage.recovered())
  return redis
}

const addScript = `
local sums = {}
for i, key in ipairs(KEYS) do
  sums[i] = redis.call('INCRBY', key, ARGV[2 * i - 1])
  redis.call('PEXPIRE', key, ARGV[2 * i])
end
return sums`

/** Adds to counts that end by themselves, in one step; gives what each is then. */
export async function addToCounts(
  redis: HttpRedis,
  additions: readonly { key: string; by: number; ttlMs: number }[],
): Promise<number[]> {
  const keys = additions.map(({ key }) => key)
  const args = additions.flatMap(({ by, ttlMs }) => [by, ttlMs])
  const sums = await redis.eval(addScript, keys.length, ...keys, ...args)
  if (!Array.isArray(sums)) throw new TypeError('Redis did not answer with a list.')
  return sums.map(Number)
}
