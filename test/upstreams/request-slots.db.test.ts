import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterEach, expect, it } from 'vitest'
import { openLimiterRedis } from '../../src/queue/connection.ts'
import { createFetcher } from '../../src/upstreams/fetch.ts'
import { limitRequests } from '../../src/upstreams/request-limit.ts'
import { createRequestSlots } from '../../src/upstreams/request-slots.ts'
import { redisPrefix, redisUrl } from '../support/redis.ts'
import { startUpstream } from '../support/upstream-server.ts'

const opened: Redis[] = []
const failures: Error[] = []

afterEach(() => {
  for (const redis of opened.splice(0)) redis.disconnect()
  failures.length = 0
})

function worker(prefix: string, { url = redisUrl(), minuteMs = 60_000 } = {}) {
  const redis = openLimiterRedis(url)
  redis.on('error', () => undefined)
  opened.push(redis)
  const onFailure = (error: Error) => void failures.push(error)
  return createRequestSlots({ redis: () => redis, prefix, onFailure, minuteMs })
}

it('two workers share the slots of a minute; the next one waits for the first to be a minute old', async () => {
  const prefix = redisPrefix()
  const workers = [worker(prefix), worker(prefix)] as const
  const waits: number[] = []
  for (let index = 0; index < 6; index++)
    waits.push(await workers[index % 2 === 0 ? 0 : 1]('alpha', 4, 120_000))
  expect(waits.slice(0, 4)).toEqual([0, 0, 0, 0])
  for (const wait of waits.slice(4)) {
    expect(wait).toBeGreaterThan(55_000)
    expect(wait).toBeLessThanOrEqual(60_000)
  }
  expect(await workers[0]('beta', 4, 120_000)).toBe(0)
  expect(failures).toEqual([])
})

it('a slot that is too far away is not taken', async () => {
  const reserve = worker(redisPrefix())
  expect(await reserve('alpha', 1, 1000)).toBe(0)
  expect(await reserve('alpha', 1, 1000)).toBeGreaterThan(1000)
  expect(await reserve('alpha', 1, 120_000)).toBeLessThanOrEqual(60_000)
  expect(await reserve('alpha', 1, 120_000)).toBeGreaterThan(100_000)
})

it('a minute later the slots are free, and nothing of them is left in Redis', async () => {
  const prefix = redisPrefix()
  const reserve = worker(prefix, { minuteMs: 200 })
  const client = new Redis(redisUrl())
  opened.push(client)
  expect(await reserve('alpha', 1, 1000)).toBe(0)
  expect(await client.exists(`${prefix}:rate:alpha`)).toBe(1)
  await sleep(250)
  expect(await client.exists(`${prefix}:rate:alpha`)).toBe(0)
  expect(await reserve('alpha', 1, 1000)).toBe(0)
})

it('without Redis requests go through, and Redis is not asked for each of them', async () => {
  const reserve = worker(redisPrefix(), { url: 'redis://127.0.0.1:1' })
  expect(await reserve('alpha', 1, 1000)).toBe(0)
  expect(await reserve('alpha', 1, 1000)).toBe(0)
  expect(failures).toHaveLength(1)
})

it('requests of two workers reach the upstream no faster than the limit', async () => {
  const upstream = await startUpstream()
  upstream.answer('/models', { json: {} })
  const prefix = redisPrefix()
  const [minuteMs, limit] = [400, 2]
  const fetchers = [1, 2].map(() =>
    limitRequests(createFetcher({ timeoutMs: 5000, maxBytes: 1000, userAgent: 'test' }), {
      reserve: worker(prefix, { minuteMs }),
      requestsPerMinute: () => limit,
      maxWaitMs: 5000,
    }),
  )
  const url = `${upstream.url}/models`
  const ask = { upstream: 'alpha', url, allowPrivate: true }
  await Promise.all([...fetchers, ...fetchers, ...fetchers].map((one) => one.fetch(ask)))
  const times = upstream.requests.map(({ at }) => at.getTime())
  const spans = times.slice(limit).map((time, index) => time - (times[index] ?? 0))
  expect(times).toHaveLength(6)
  // The way to the upstream takes one request longer than another.
  for (const span of spans) expect(span).toBeGreaterThan(minuteMs - 150)
  await Promise.all(fetchers.map((one) => one.close()))
  await upstream.close()
})
