/** The names in Redis. Pub/sub channels ignore database numbers, so whoever shares a Redis needs a prefix. */
export interface EventNames {
  /** Pub/sub: each event as JSON. */
  channel: string
  /** Stream of the newest 10,000 events: fields `event` (JSON), `id`, `type`. */
  stream: string
  /** Newest announced version as text: one GET for those who only poll. */
  versionKey: string
}

export function eventNames(prefix = 'plumbline'): EventNames {
  return {
    channel: `${prefix}:invalidations`,
    stream: `${prefix}:events`,
    versionKey: `${prefix}:version`,
  }
}
