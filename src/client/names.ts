/** The names in Redis, as the server's events/names.ts has them; test/client/change.test.ts compares the two. */
export interface EventNames {
  /** Pub/sub: each event as JSON. */
  channel: string
  /** Stream of the newest events: fields `event` (JSON), `id`, `type`. */
  stream: string
  /** Newest announced version as text. */
  versionKey: string
}

export function namesInRedis(prefix = 'plumbline'): EventNames {
  return {
    channel: `${prefix}:invalidations`,
    stream: `${prefix}:events`,
    versionKey: `${prefix}:version`,
  }
}
