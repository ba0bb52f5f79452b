/** Following by way of Redis, and of PostgreSQL where it is given. The only file that makes these connections. */
import { createDelivery } from './delivery.ts'
import { createErrorReports } from './error-reports.ts'
import type { Following, FollowOptions } from './following.ts'
import { namesInRedis } from './names.ts'
import { readEvent } from './read-event.ts'
import { replay } from './replay.ts'
import { openSources } from './sources.ts'
import { subscribe } from './subscription.ts'
import { pollTruth } from './truth.ts'

export interface FollowRedisOptions extends FollowOptions {
  redisUrl: string
  /**
   * With it, PostgreSQL is the truth: nothing depends on Redis but speed, and a gap can be replayed
   * as far back as the version log is kept. The role needs SELECT on `catalog_head` and
   * `catalog_versions`. Without it, the truth is what has been announced to Redis.
   */
  databaseUrl?: string
  /** How often the version is asked for, which bounds how long a lost message stays unnoticed; 2000. */
  pollMs?: number
  /** A version below the delivered one counts as a restored catalog after this long; 30 000. */
  rewindAfterMs?: number
  /** As the server's, when several share a Redis; `plumbline`. */
  prefix?: string
}

export async function followOverRedis(options: FollowRedisOptions): Promise<Following> {
  const { redisUrl, pollMs = 2000, rewindAfterMs = 30_000 } = options
  const names = namesInRedis(options.prefix)
  const reports = createErrorReports(options.onError)
  const onRedisError = (error: unknown): void => reports.outage('redis', error)
  const sources = await openSources({ ...options, names, reports })
  const delivery = createDelivery({
    onChange: options.onChange,
    onGap: options.onGap,
    replay: (gap) => replay(gap, sources.replays, reports),
    reports,
  })
  if (options.sinceVersion !== undefined) delivery.begin(options.sinceVersion)
  const { readVersion } = sources
  const truth = pollTruth({ readVersion, delivery, pollMs, rewindAfterMs })
  sources.onConnected(truth.check)
  const unsubscribe = subscribe({
    redisUrl,
    channel: names.channel,
    onMessage(text) {
      const change = readEvent(text)
      if (change) delivery.hear(change)
    },
    onSubscribed: truth.check,
    onError: onRedisError,
  })
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    reports.mute()
    delivery.stop()
    truth.stop()
    unsubscribe()
    return (closed ??= sources.close())
  }
  return { delivery, truth, certainEveryMs: pollMs, close }
}
