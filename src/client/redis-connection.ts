import { Redis } from 'ioredis'

/**
 * A connection that fails fast and comes back by itself. A half-open one (the peer is gone and said
 * nothing) is given up 5 s after a command that had no answer, so whoever holds it must send one.
 */
export function connectRedis(url: string, name: string, onError: (error: Error) => void): Redis {
  const redis = new Redis(url, {
    connectionName: name,
    enableOfflineQueue: false,
    // A loss rejects at once what has no answer yet; nothing is sent a second time.
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    connectTimeout: 5000,
    commandTimeout: 5000,
    socketTimeout: 5000,
    keepAlive: 10_000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 2000) + Math.random() * 200,
  })
  redis.on('error', onError)
  return redis
}
