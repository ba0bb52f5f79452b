import { expect, it } from 'vitest'
import { oneAtATime } from '../../src/client/one-at-a-time.ts'

it('runs once more for all who asked during a run', async () => {
  const runs: PromiseWithResolvers<void>[] = []
  const ask = oneAtATime(() => {
    const run = Promise.withResolvers<void>()
    runs.push(run)
    return run.promise
  })
  for (let count = 0; count < 3; count++) ask()
  expect(runs).toHaveLength(1)
  runs[0]?.resolve()
  await expect.poll(() => runs.length).toBe(2)
  runs[1]?.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  expect(runs).toHaveLength(2)
  ask()
  expect(runs).toHaveLength(3)
})
