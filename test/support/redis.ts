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

/**
 * For tests that kill a Redis, or configure one badly: they need the real thing. Where only the
 * JavaScript stand-in can be had they are skipped, and their title says why.
 */
export const hasRealRedis = inject('redisRung') !== 'js'
export const realRedisNote = hasRealRedis ? '' : ' (skipped: no real Redis on this machine)'
