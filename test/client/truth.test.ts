import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished, describe, expect, it } from 'vitest'
import { createDelivery } from '../../src/client/delivery.ts'
import { pollTruth } from '../../src/client/truth.ts'
import { change, range, summary } from './changes.ts'

/** A truth of which the test says what it is, and a delivery that can replay anything. */
function polled(initial: number | undefined, rewindAfterMs = 60) {
  const delivered: (number | string)[] = []
  const told: { version: number | undefined } = { version: initial }
  let isBusy = Promise.resolve()
  const delivery = createDelivery({
    onChange(next) {
      delivered.push(summary(next))
      return isBusy
    },
    onGap: undefined,
    replay: async ({ from, to }) => range(from, to).map(change),
    reports: { callback: () => {} },
  })
  const readVersion = async (): Promise<number | undefined> => told.version
  const truth = pollTruth({ readVersion, delivery, pollMs: 10, rewindAfterMs })
  onTestFinished(() => {
    truth.stop()
    delivery.stop()
  })
  const block = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    isBusy = promise
    return resolve
  }
  return { delivered, told, delivery, truth, block }
}

describe('pollTruth', () => {
  it('begins at the first version that it is told, without handing anything out', async () => {
    const { delivered, delivery, truth, told } = polled(undefined)
    expect(truth.staleForMs()).toBe(Infinity)
    told.version = 8
    await truth.firstTold
    expect(delivery.delivered).toBe(8)
    expect(delivered).toEqual([])
  })

  it('begins with a reset when nobody waited for it', async () => {
    const { delivered, truth, told } = polled(undefined)
    truth.giveUpWaiting()
    told.version = 8
    await expect.poll(() => delivered).toEqual(['reset to 8'])
  })

  it('finds the versions of which no message came', async () => {
    const { delivered, truth, told } = polled(8)
    await truth.firstTold
    told.version = 10
    await expect.poll(() => delivered).toEqual([9, 10])
  })

  it('believes a version that went back only when it stays there', async () => {
    const { delivered, truth, told } = polled(8, 10_000)
    await truth.firstTold
    told.version = 5
    await sleep(50)
    told.version = 9
    await expect.poll(() => delivered).toEqual([9])
  })

  it('resets to a version that has gone back for good, and follows from there', async () => {
    const { delivered, truth, told } = polled(8)
    await truth.firstTold
    told.version = 5
    await expect.poll(() => delivered).toEqual(['reset to 5'])
    told.version = 6
    await expect.poll(() => delivered).toEqual(['reset to 5', 6])
    await expect.poll(() => truth.staleForMs()).toBeLessThan(50)
  })

  it('is current only as far as calls have returned', async () => {
    const { truth, told, block, delivery } = polled(8)
    await expect.poll(() => truth.staleForMs()).toBeLessThan(50)
    const unblock = block()
    told.version = 9
    await sleep(120)
    expect(truth.staleForMs()).toBeGreaterThan(90)
    unblock()
    await expect.poll(() => delivery.delivered).toBe(9)
    await expect.poll(() => truth.staleForMs()).toBeLessThan(50)
  })

  it('is stale from the moment on that nobody can tell the version', async () => {
    const { truth, told } = polled(8)
    await truth.firstTold
    told.version = undefined
    await sleep(120)
    expect(truth.staleForMs()).toBeGreaterThan(90)
  })
})
