import { once } from 'node:events'
import { Redis } from 'ioredis'
import { PlumblineError } from '../errors.ts'
import { createOutageLog, type EventsLog } from './outage-log.ts'

/**
 * A connection for publishing: it fails at once instead of queueing, since the outbox is the queue.
 * It is not BullMQ's, which waits for ever by design. It connects by itself, now and after every
 * loss; the caller ends it with `disconnect()`.
 */
export function openEventsRedis(url: string, log: EventsLog): Redis {
  const redis = new Redis(url, {
    connectionName: 'plumbline-events',
    enableOfflineQueue: false,
    // A loss rejects what was sent at once: the relay sends it again, in order, and nobody else does.
    // (autoResendUnfulfilledCommands: false would leave it pending instead; ioredis 6.0.0.)
    maxRetriesPerRequest: 0,
    connectTimeout: 5000,
    commandTimeout: 5000,
    // A half-open connection is given up and replaced (measured: otherwise it stays for ever).
    socketTimeout: 5000,
    keepAlive: 10_000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 2000) + Math.random() * 200,
  })
  const outage = createOutageLog(log, 'The connection to Redis for events')
  redis.on('error', (error: Error) => outage.failed(error))
  redis.on('ready', () => outage.recovered())
  return redis
}

/** What this folder opens, for those who pass it on. */
export type EventsRedis = Redis

/**
 * Resolves when Redis has answered. A connection that is being made is waited for, as long as that
 * takes: set a limit. Throws `redis_unavailable`.
 */
export async function pingRedis(redis: EventsRedis): Promise<void> {
  try {
    if (redis.status !== 'ready') await once(redis, 'ready')
    await redis.ping()
  } catch (error) {
    throw new PlumblineError('redis_unavailable', 'Redis does not answer.', {
      retryable: true,
      nextStep: 'Check that it runs; the work is retried.',
      cause: error,
    })
  }
}
