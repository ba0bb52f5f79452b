import { Redis } from 'ioredis'
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
    maxRetriesPerRequest: 1,
    // What was sent before a loss is sent again by the relay, in order, and by nobody else.
    autoResendUnfulfilledCommands: false,
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
