import { connectRedis } from './redis-connection.ts'

export interface SubscriptionOptions {
  redisUrl: string
  channel: string
  onMessage: (text: string) => void
  /** After every (re)connect, once messages flow: whatever was published before may be lost. */
  onSubscribed: () => void
  onError: (error: unknown) => void
}

/**
 * Half-open, a subscriber hears nothing, sees no error and stays `ready` for ever, since it has no
 * command in flight that could time out. The ping gives it one: measured, back after 7 s.
 */
const pingEveryMs = 2000

/** A pub/sub subscription that survives cuts, silence and refusals. Returns how to end it. */
export function subscribe(options: SubscriptionOptions): () => void {
  const { channel, onMessage, onSubscribed, onError } = options
  const redis = connectRedis(options.redisUrl, 'plumbline-follower', onError)
  let subscribed = false
  const ask = async (): Promise<void> => {
    try {
      if (subscribed) return void (await redis.ping())
      await redis.subscribe(channel)
      subscribed = true
      onSubscribed()
    } catch (error) {
      onError(error)
    }
  }
  redis.on('message', (_channel: string, text: string) => onMessage(text))
  redis.on('close', () => (subscribed = false))
  redis.on('ready', () => void ask())
  const watchdog = setInterval(() => redis.status === 'ready' && void ask(), pingEveryMs)
  return () => {
    clearInterval(watchdog)
    redis.disconnect()
  }
}
