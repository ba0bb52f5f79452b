import { expect, it } from 'vitest'
import { atMost } from '../../src/http/streams/at-most.ts'

it('runs so many at a time, in their order, and goes on after a failure', async () => {
  const inTurn = atMost(2)
  const begun: number[] = []
  const ends: PromiseWithResolvers<void>[] = []
  const results = [0, 1, 2, 3].map((number) =>
    inTurn(async () => {
      begun.push(number)
      ends[number] = Promise.withResolvers()
      await ends[number].promise
      return number
    }).catch(() => 'failed'),
  )
  await expect.poll(() => begun).toEqual([0, 1])
  ends[0]?.reject(new Error('lost'))
  await expect.poll(() => begun).toEqual([0, 1, 2])
  ends[1]?.resolve()
  await expect.poll(() => begun).toEqual([0, 1, 2, 3])
  ends[2]?.resolve()
  ends[3]?.resolve()
  expect(await Promise.all(results)).toEqual(['failed', 1, 2, 3])
  expect(await inTurn(async () => 'later')).toBe('later')
})
