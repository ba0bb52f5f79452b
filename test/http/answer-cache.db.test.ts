import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAnswerCache, type AnswerCache } from '../../src/http/cache/answer-cache.ts'
import { jsonAnswer } from '../../src/http/cache/answer.ts'
import { createRedisAnswers } from '../../src/http/cache/redis-answers.ts'
import { openHttp, type TestHttp } from './http-fixture.ts'

const ttlMs = 30_000

let http: TestHttp
let nextKey = 0
const caches: AnswerCache[] = []
beforeAll(async () => {
  http = await openHttp()
})
afterAll(async () => {
  for (const cache of caches) await cache.close()
  await http.close()
})

/** A process of its own, as far as answers go: all share one Redis. Its clock begins at `startMs`. */
function openProcess(startMs: number) {
  let ms = startMs
  const { watch, httpRedis, metrics } = http.context
  const fail = (error: Error) => {
    throw error
  }
  const shared = createRedisAnswers(
    () => httpRedis,
    http.prefix,
    fail,
    () => ms,
  )
  const cache = createAnswerCache({ watch, shared, metrics, maxBytes: 2 ** 20, now: () => ms })
  caches.push(cache)
  let made = 0
  const make = async () => jsonAnswer({ version: 0, committedAt: undefined }, { made: ++made })
  return {
    later: (byMs: number) => void (ms += byMs),
    isKept: (key: string) => cache.fresh(key) !== undefined,
    /** How often it was made here so far. */
    ask: async (key: string) => {
      await cache.obtain(key, { make, ttlMs })
      return made
    },
  }
}

const namesInRedis = () => http.context.httpRedis.keys(`${http.prefix}:answer:*`)
const until = { timeout: 20_000 }

/** Returns its key, once it is in Redis. */
async function makeElsewhere(startMs: number): Promise<string> {
  await expect.poll(() => http.context.watch.version, until).toBe(0)
  const before = (await namesInRedis()).length
  const key = `free /api/v1/made-${nextKey++}`
  await openProcess(startMs).ask(key)
  await expect.poll(async () => (await namesInRedis()).length, until).toBe(before + 1)
  return key
}

describe('an answer that another process made', () => {
  it('lives for what is left of its time', async () => {
    const key = await makeElsewhere(1_000_000)
    const reader = openProcess(1_000_000 + 20_000)
    expect(await reader.ask(key)).toBe(0)
    reader.later(9_999)
    expect(reader.isKept(key)).toBe(true)
    reader.later(1)
    expect(reader.isKept(key)).toBe(false)
  })

  it.each([
    ['behind', -3_600_000, ttlMs],
    ['ahead', 3_600_000, 0],
  ])(
    'is taken by one whose clock is far %s, and lives no longer than one of its own',
    async (_way, skewMs, leftMs) => {
      const key = await makeElsewhere(10_000_000)
      const reader = openProcess(10_000_000 + skewMs)
      expect(await reader.ask(key)).toBe(0)
      expect(reader.isKept(key)).toBe(leftMs > 0)
      reader.later(leftMs)
      expect(reader.isKept(key)).toBe(false)
    },
  )

  it('and that does not say when is made anew', async () => {
    const key = await makeElsewhere(1_000_000)
    const withoutTime = '{"version":0,"contentType":"application/json"}\n{}'
    for (const name of await namesInRedis()) await http.context.httpRedis.set(name, withoutTime)
    expect(await openProcess(1_000_000).ask(key)).toBe(1)
  })
})

it('an answer that was made here lives for its whole time', async () => {
  const here = openProcess(1_000_000)
  const key = 'free /api/v1/made-here'
  await here.ask(key)
  here.later(ttlMs - 1)
  expect(here.isKept(key)).toBe(true)
  here.later(1)
  expect(here.isKept(key)).toBe(false)
})
