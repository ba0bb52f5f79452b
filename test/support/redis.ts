import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'

/** The Redis that the whole run shares: use it with a prefix of your own. */
export function redisUrl(): string {
  return inject('redisUrl')
}

/** A key prefix that nobody else has, with the hash tag that BullMQ needs on a cluster. */
export function redisPrefix(): string {
  return `{test-${randomUUID().slice(0, 8)}}`
}
