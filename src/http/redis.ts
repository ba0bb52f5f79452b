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

/** For counts per minute: adds, and gives the sum of all processes. */
export async function addToWindow(
  redis: HttpRedis,
  key: string,
  by: number,
  ttlMs: number,
): Promise<number> {
  const [added] = (await redis.multi().incrby(key, by).pexpire(key, ttlMs).exec()) ?? []
  if (!added) throw new Error('Redis did not answer.')
  const [error, count] = added
  if (error) throw error
  return Number(count)
}
