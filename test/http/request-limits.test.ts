import { afterEach, describe, expect, it } from 'vitest'
import { addressKey } from '../../src/http/access/address-key.ts'
import { createRequestLimits, type RequestLimits } from '../../src/http/access/request-limits.ts'

const opened: RequestLimits[] = []
afterEach(() => {
  for (const limits of opened.splice(0)) limits.close()
})

/** Counts as Redis does, for any number of processes. */
function createShared() {
  const counts = new Map<string, number>()
  return {
    addToWindow: async (key: string, by: number) => {
      const count = (counts.get(key) ?? 0) + by
      counts.set(key, count)
      return count
    },
  }
}

function open(options: Partial<Parameters<typeof createRequestLimits>[0]> = {}): RequestLimits {
  const limits = createRequestLimits({
    redis: createShared(),
    onFailure: () => undefined,
    exchangeEveryMs: 5,
    ...options,
  })
  opened.push(limits)
  return limits
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

  it('are one limit for several processes', async () => {
    const redis = createShared()
    const [one, other] = [open({ redis, now: () => 0 }), open({ redis, now: () => 0 })]
    for (let request = 0; request < 5; request++) one.take('a', 10)
    for (let request = 0; request < 4; request++) other.take('a', 10)
    // Each hears of the other with its next exchange.
    await expect
      .poll(() => {
        one.take('a', 100)
        other.take('a', 100)
        return one.look('a', 1000).remaining
      })
      .toBeLessThan(1000 - 9)
  })

  it('go on alone while Redis fails', async () => {
    const failures: unknown[] = []
    const redis = { addToWindow: () => Promise.reject(new Error('gone')) }
    const limits = open({ redis, onFailure: (error) => failures.push(error), now: () => 0 })
    limits.take('a', 3)
    limits.take('a', 3)
    await expect.poll(() => failures.length).toBeGreaterThan(0)
    expect(limits.look('a', 3).remaining).toBe(1)
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
