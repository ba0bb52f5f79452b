import { describe, expect, it } from 'vitest'
import { coalesced } from '../../src/events/coalesced.ts'

function controlled() {
  const runs: PromiseWithResolvers<number>[] = []
  const call = coalesced(() => {
    const run = Promise.withResolvers<number>()
    runs.push(run)
    return run.promise
  })
  return { runs, call }
}

describe('coalesced', () => {
  it('answers all calls during a run with one run that begins after it', async () => {
    const { runs, call } = controlled()
    const first = call()
    const followers = [call(), call(), call()]
    expect(runs).toHaveLength(1)
    runs[0]?.resolve(1)
    expect(await first).toBe(1)
    await expect.poll(() => runs.length).toBe(2)
    runs[1]?.resolve(2)
    expect(await Promise.all(followers)).toEqual([2, 2, 2])
    expect(runs).toHaveLength(2)
  })

  it('runs again after a failure', async () => {
    const { runs, call } = controlled()
    const failed = call()
    const following = call()
    runs[0]?.reject(new Error('first'))
    await expect(failed).rejects.toThrow('first')
    await expect.poll(() => runs.length).toBe(2)
    runs[1]?.resolve(2)
    expect(await following).toBe(2)
  })

  it('starts at once when nothing runs', async () => {
    const { runs, call } = controlled()
    for (const value of [1, 2]) {
      const answer = call()
      runs.at(-1)?.resolve(value)
      expect(await answer).toBe(value)
    }
    expect(runs).toHaveLength(2)
  })
})
