import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVersionOrder, type VersionOrder } from '../../src/client/version-order.ts'
import { change, range } from './changes.ts'

function takeAll(order: VersionOrder): number[] {
  const taken: number[] = []
  for (let next = order.take(); next; next = order.take()) taken.push(next.version)
  return taken
}

describe('createVersionOrder', () => {
  it('gives every version once and ascending, whatever the order and the repeats', () => {
    const heard = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 })
    fc.assert(
      fc.property(heard, (versions) => {
        const order = createVersionOrder(0)
        const taken = versions.flatMap((version) => {
          order.hear(change(version))
          return takeAll(order)
        })
        expect(taken).toEqual(range(1, order.last))
        expect(order.newest).toBe(Math.max(0, ...versions))
        expect(order.gap() === undefined).toBe(order.last === order.newest)
      }),
    )
  })

  it('names the first hole only, up to what was heard behind it', () => {
    const order = createVersionOrder(10)
    for (const version of [14, 15, 20]) order.hear(change(version))
    expect(order.gap()).toEqual({ from: 11, to: 13 })
    for (const version of [11, 12, 13]) order.hear(change(version))
    expect(takeAll(order)).toEqual(range(11, 15))
    expect(order.gap()).toEqual({ from: 16, to: 19 })
  })

  it('sees a gap in a version that it only heard of', () => {
    const order = createVersionOrder(3)
    expect(order.gap()).toBeUndefined()
    order.hearOf(5)
    expect(order.gap()).toEqual({ from: 4, to: 5 })
  })

  it('takes no version up to the one it starts at', () => {
    const order = createVersionOrder(5)
    for (const version of [1, 4, 5]) order.hear(change(version))
    expect(order.take()).toBeUndefined()
    expect(order.gap()).toBeUndefined()
  })

  it('drops the highest changes above its capacity and finds them missing later', () => {
    const order = createVersionOrder(0, 3)
    for (const version of [9, 8, 7, 6, 1]) order.hear(change(version))
    expect(takeAll(order)).toEqual([1])
    expect(order.gap()).toEqual({ from: 2, to: 5 })
    order.restart(5)
    expect(takeAll(order)).toEqual([6, 7])
    expect(order.gap()).toEqual({ from: 8, to: 9 })
  })

  it('keeps what it heard behind the version at which it restarts', () => {
    const order = createVersionOrder(0)
    for (const version of [4, 6, 7]) order.hear(change(version))
    order.restart(5)
    expect(takeAll(order)).toEqual([6, 7])
  })

  it('forgets everything when it goes back', () => {
    const order = createVersionOrder(100)
    order.hear(change(102))
    order.restart(7)
    expect(order.newest).toBe(7)
    order.hear(change(8))
    expect(takeAll(order)).toEqual([8])
    expect(order.gap()).toBeUndefined()
  })
})
