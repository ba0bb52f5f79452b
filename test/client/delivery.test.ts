import { describe, expect, it } from 'vitest'
import type { CatalogChange } from '../../src/client/index.ts'
import { createDelivery, type DeliveryOptions } from '../../src/client/delivery.ts'
import type { Replayed } from '../../src/client/replay.ts'
import type { VersionGap } from '../../src/client/version-order.ts'
import { change, range, summary } from './changes.ts'

function recorded(options: Partial<DeliveryOptions> = {}) {
  const delivered: (number | string)[] = []
  const gaps: VersionGap[] = []
  const errors: [unknown, CatalogChange | undefined][] = []
  const delivery = createDelivery({
    onChange: (next) => void delivered.push(summary(next)),
    onGap: (gap) => void gaps.push(gap),
    replay: async () => 'unreachable',
    reports: { callback: (error, failed) => void errors.push([error, failed]) },
    ...options,
  })
  return { delivery, delivered, gaps, errors }
}

/** Replays everything up to `newest`, 10 versions at a time. */
function replayUpTo(newest: number): DeliveryOptions['replay'] {
  return async ({ from, to }): Promise<Replayed> =>
    range(from, Math.min(to, newest, from + 9)).map(change)
}

describe('createDelivery', () => {
  it('hands out nothing before it begins, and then what was heard after that version', async () => {
    const { delivery, delivered } = recorded()
    for (const version of [7, 5, 6]) delivery.hear(change(version))
    expect(delivery.reached).toBeUndefined()
    delivery.begin(5)
    await expect.poll(() => delivered).toEqual([6, 7])
    expect(delivery.delivered).toBe(7)
  })

  it('replays a gap before it hands out what came behind it', async () => {
    const { delivery, delivered, gaps } = recorded({ replay: replayUpTo(100) })
    delivery.begin(0)
    delivery.hear(change(1))
    delivery.hear(change(35))
    await expect.poll(() => delivered).toEqual(range(1, 35))
    expect(gaps).toEqual([])
  })

  it('replays what it only heard of', async () => {
    const { delivery, delivered } = recorded({ replay: replayUpTo(100) })
    delivery.begin(10)
    delivery.hearOf(12)
    await expect.poll(() => delivered).toEqual([11, 12])
  })

  it('hands out a reset where versions are gone, and goes on behind it', async () => {
    const { delivery, delivered, gaps } = recorded({ replay: async () => 'gone' })
    delivery.begin(1)
    for (const version of [2, 6, 7]) delivery.hear(change(version))
    await expect.poll(() => delivered).toEqual([2, 'reset to 5', 6, 7])
    expect(gaps).toEqual([{ from: 3, to: 5 }])
  })

  it('waits while a gap cannot be asked for, and asks again at the next word', async () => {
    let answer: Replayed = 'unreachable'
    const { delivery, delivered } = recorded({ replay: async () => answer })
    delivery.begin(1)
    delivery.hear(change(4))
    await expect.poll(() => delivered).toEqual([])
    answer = [change(2), change(3)]
    delivery.hearOf(4)
    await expect.poll(() => delivered).toEqual([2, 3, 4])
  })

  it('does not reset when a message closes the gap while it is asked for', async () => {
    const asked = Promise.withResolvers<Replayed>()
    const { delivery, delivered } = recorded({ replay: () => asked.promise })
    delivery.begin(1)
    delivery.hear(change(3))
    await Promise.resolve()
    delivery.hear(change(2))
    asked.resolve('gone')
    await expect.poll(() => delivered).toEqual([2, 3])
  })

  it('never calls onChange while a call runs, and counts it when it has returned', async () => {
    const calls: PromiseWithResolvers<void>[] = []
    const { delivery } = recorded({
      onChange() {
        calls.push(Promise.withResolvers())
        return calls.at(-1)?.promise
      },
    })
    delivery.begin(0)
    for (const version of [1, 2]) delivery.hear(change(version))
    await expect.poll(() => calls.length).toBe(1)
    expect([delivery.delivered, delivery.reached]).toEqual([0, 1])
    expect(delivery.hasDelivered(1)).toBe(false)
    calls[0]?.resolve()
    await expect.poll(() => calls.length).toBe(2)
    expect(delivery.hasDelivered(1)).toBe(true)
  })

  it('reports a failed call with its change and goes on with the next', async () => {
    const problem = new Error('cache is down')
    const delivered: (number | string)[] = []
    const { delivery, errors } = recorded({
      async onChange(next) {
        delivered.push(summary(next))
        if (next.version === 1) throw problem
      },
    })
    delivery.begin(0)
    for (const version of [1, 2]) delivery.hear(change(version))
    await expect.poll(() => delivered).toEqual([1, 2])
    expect(errors).toEqual([[problem, change(1)]])
  })

  it('survives an onGap that throws', async () => {
    const { delivery, delivered, errors } = recorded({
      replay: async () => 'gone',
      onGap() {
        throw new Error('no')
      },
    })
    delivery.begin(0)
    delivery.hearOf(3)
    await expect.poll(() => delivered).toEqual(['reset to 3'])
    expect(errors).toHaveLength(1)
  })

  it('goes back with a reset, which counts as delivered only after the call', async () => {
    const call = Promise.withResolvers<void>()
    const { delivery } = recorded({ onChange: () => call.promise })
    delivery.begin(100)
    delivery.reset(40, 'rewound')
    expect(delivery.hasDelivered(40)).toBe(false)
    call.resolve()
    await expect.poll(() => delivery.hasDelivered(40)).toBe(true)
    expect(delivery.delivered).toBe(40)
  })

  it('hands out nothing after it was stopped', async () => {
    const { delivery, delivered } = recorded()
    delivery.begin(0)
    delivery.stop()
    delivery.hear(change(1))
    await new Promise((resolve) => setImmediate(resolve))
    expect(delivered).toEqual([])
  })
})
