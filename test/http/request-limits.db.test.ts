/** Limits on a real Redis, and on one that is away. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { createRequestLimits, type RequestLimits } from '../../src/http/access/request-limits.ts'
import { addToCounts, openHttpRedis } from '../../src/http/redis.ts'
import { createLogger } from '../../src/log.ts'
import { redisPrefix, redisUrl } from '../support/redis.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

interface Process {
  limits: RequestLimits
  failures: unknown[]
  redis: ReturnType<typeof openHttpRedis>
}

function open(url: string, prefix = redisPrefix()): Process {
  const redis = openHttpRedis(url, createLogger({ level: 'silent' }))
  const failures: unknown[] = []
  const limits = createRequestLimits({
    redis: {
      addToWindows: (additions) =>
        addToCounts(
          redis,
          additions.map((one) => ({ ...one, key: `${prefix}:${one.key}` })),
        ),
    },
    onFailure: (error) => failures.push(error),
    // The minute does not end during the test.
    now: () => 1_800_000_000_000,
  })
  closing.push(() => redis.disconnect(), limits.close)
  return { limits, failures, redis }
}

it('processes learn of each other, and counts end by themselves', async () => {
  const prefix = redisPrefix()
  const [one, other] = [open(redisUrl(), prefix), open(redisUrl(), prefix)]
  await Promise.all([one, other].map(({ redis }) => once(redis, 'ready')))
  for (let request = 0; request < 60; request++) one.limits.take('a', 100)
  await one.limits.close()
  expect(other.limits.take('a', 100).remaining).toBe(99)
  await expect.poll(() => other.limits.look('a', 100).remaining, { timeout: 10_000 }).toBe(39)
  const keys = await one.redis.keys(`${prefix}:*`)
  expect(keys).toHaveLength(1)
  expect(await one.redis.pttl(keys[0] ?? '')).toBeGreaterThan(0)
})

it('a Redis that refuses, or that does not answer, delays nobody', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  closing.push(() => silent.close())
  const address = silent.address()
  const port = typeof address === 'object' && address ? address.port : 0
  for (const url of ['redis://127.0.0.1:1', `redis://127.0.0.1:${port}`]) {
    const { limits, failures } = open(url)
    const startedAt = performance.now()
    const passed = Array.from({ length: 1000 }, () => limits.take('a', 300)).filter(
      ({ isExceeded }) => !isExceeded,
    )
    expect(performance.now() - startedAt).toBeLessThan(500)
    expect(passed).toHaveLength(300)
    await limits.close()
    expect(failures.length).toBeGreaterThan(0)
  }
})
