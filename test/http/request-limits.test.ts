import { afterEach, describe, expect, it } from 'vitest'
import { addressKey } from '../../src/http/access/address-key.ts'
import {
  createRequestLimits,
  type Addition,
  type LimitRedis,
  type RequestLimits,
  type RequestLimitsOptions,
} from '../../src/http/access/request-limits.ts'

const opened: RequestLimits[] = []
afterEach(async () => {
  for (const limits of opened.splice(0)) await limits.close()
})

/** Counts as Redis does, for any number of processes, and keeps what it was told. */
function createShared(): LimitRedis & { told: Addition[][] } {
  const counts = new Map<string, number>()
  const told: Addition[][] = []
  return {
    told,
    addToWindows: async (additions) => {
      told.push([...additions])
      return additions.map(({ key, by }) => {
        const count = (counts.get(key) ?? 0) + by
        counts.set(key, count)
        return count
      })
    },
  }
}

function open(options: Partial<RequestLimitsOptions> = {}): RequestLimits {
  const limits = createRequestLimits({
    redis: createShared(),
    onFailure: () => undefined,
    exchangeAfterMs: 5,
    now: () => 0,
    ...options,
  })
  opened.push(limits)
  return limits
}

/** How many of so many requests one after the other are let through. */
function takeMany(limits: RequestLimits, count: number, limit: number): number {
  const taken = Array.from({ length: count }, () => limits.take('a', limit))
  return taken.filter(({ isExceeded }) => !isExceeded).length
}

describe('request limits', () => {
  it('let through as many as the limit, and begin anew with the next minute', () => {
    let now = 0
    const limits = open({ now: () => now })
    const taken = [1, 2, 3].map(() => limits.take('a', 2))
    expect(taken.map(({ isExceeded }) => isExceeded)).toEqual([false, false, true])
    expect(taken[0]).toMatchObject({ limit: 2, remaining: 1, resetSeconds: 60 })
    now = 60_000
    expect(limits.take('a', 2).isExceeded).toBe(false)
    expect(limits.take('b', 2)).toMatchObject({ remaining: 1 })
  })

  it('tell Redis of many requests at once, and nothing of those that were refused', async () => {
    const redis = createShared()
    const limits = open({ redis })
    takeMany(limits, 1000, 100)
    await limits.close()
    const told = redis.told.flat()
    expect(told.reduce((sum, { by }) => sum + by, 0)).toBe(100)
    expect(told.length).toBeLessThanOrEqual(100 / 5)
  })

  it('of several processes exceed the limit by less than a twentieth for each', async () => {
    const redis = createShared()
    const processes = [open({ redis }), open({ redis }), open({ redis }), open({ redis })]
    let passed = 0
    for (let round = 0; round < 100; round++) {
      for (const limits of processes) passed += takeMany(limits, 5, 600)
      // Redis answers.
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(passed).toBeGreaterThanOrEqual(600)
    expect(passed).toBeLessThanOrEqual(600 * (1 + 4 / 20))
  })

  it('go on alone while Redis fails', async () => {
    const failures: unknown[] = []
    const redis = { addToWindows: () => Promise.reject(new Error('gone')) }
    const limits = open({ redis, onFailure: (error) => failures.push(error) })
    expect(takeMany(limits, 10, 3)).toBe(3)
    await expect.poll(() => failures.length).toBeGreaterThan(0)
    expect(limits.look('a', 3)).toMatchObject({ remaining: 0, isExceeded: true })
  })

  it('wait for no Redis that hangs', () => {
    const limits = open({ redis: { addToWindows: () => new Promise(() => undefined) } })
    opened.length = 0
    expect(takeMany(limits, 1000, 300)).toBe(300)
  })
})

describe('the address that is counted', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('of %s is %s', (address, key) => {
    expect(addressKey(address)).toBe(key)
  })
})
