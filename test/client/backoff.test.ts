import { describe, expect, it } from 'vitest'
import { createBackoff } from '../../src/client/backoff.ts'

describe('createBackoff', () => {
  it('waits longer from failure to failure, up to half a minute', () => {
    const { nextMs } = createBackoff(1000, () => 1)
    const pauses = Array.from({ length: 8 }, () => nextMs())
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  })

  it('spreads clients over half of the pause', () => {
    expect(createBackoff(1000, () => 0).nextMs()).toBe(500)
    expect(createBackoff(1000, () => 0.5).nextMs()).toBe(750)
  })

  it('waits as long as it is asked to, and no more than ten minutes', () => {
    const { nextMs } = createBackoff(1000, () => 1)
    expect(nextMs(20_000)).toBe(20_000)
    expect(nextMs(3_600_000)).toBe(600_000)
  })

  it('begins anew once it worked, with what the server wants', () => {
    const { nextMs, reset, setFirst } = createBackoff(1000, () => 1)
    nextMs()
    nextMs()
    setFirst(300)
    reset()
    expect(nextMs()).toBe(300)
  })
})
