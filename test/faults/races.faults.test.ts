/** Many processes at one provider at the same time, with no queue that keeps them apart. */
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { bodyPath, fleetUpstream, openFleet, type Fleet } from '../support/fleet.ts'
import { catalogBecomes, catalogIs, expectSound, runsEnd } from '../support/invariants.ts'
import { bodyText } from '../support/numbered-bodies.ts'
import { startProgram } from '../support/program.ts'

const processes = 4
const refreshes = 50
const shape = { providers: 1, models: 60, changesEvery: 1 }
const program = new URL('../support/refresh-program.ts', import.meta.url)

it('the answer to the latest request is what stays, whoever else refreshes at the same time', async () => {
  const fleet = await openFleet({ shape })
  await race(fleet, (count) => count + 1)
  const { rows } = await fleet.pool.query<{ body: Buffer }>(
    `SELECT p.body FROM snapshots s JOIN snapshot_pages p ON p.snapshot_id = s.id
     ORDER BY s.fence DESC LIMIT 1`,
  )
  const newest = gunzipSync(rows[0]?.body ?? '').toString()
  const body = [...fleet.served].find((number) => bodyText(number, shape) === newest)
  expect(await catalogIs(fleet, body ?? 0)).toBe(true)
  await expectSound(fleet)
})

it('an upstream that goes back and forth cannot make the next request claim what is not stored', async () => {
  const fleet = await openFleet({ shape })
  await race(fleet, (count) => 1 + (count % 2))
  await expectSound(fleet)
  for (const body of [1, 2]) {
    fleet.serve(body)
    await fleet.enqueue()
    await runsEnd(fleet)
    expect(await catalogIs(fleet, body)).toBe(true)
  }
})

/** Every request is answered with the body of its number. */
async function race(fleet: Fleet, bodyOf: (count: number) => number): Promise<void> {
  fleet.serve(1)
  const worker = await fleet.startWorker()
  await catalogBecomes(fleet, 1)
  await runsEnd(fleet)
  worker.kill('SIGTERM')
  await worker.ended
  let count = 0
  fleet.upstream.answer(bodyPath, () => {
    const body = bodyOf(++count)
    fleet.served.add(body)
    return { body: bodyText(body, shape), delayMs: count % 7 }
  })
  const racers = Array.from({ length: processes }, () =>
    startProgram(program, [String(refreshes), fleetUpstream], { ...fleet.env, LOG_LEVEL: 'warn' }),
  )
  fleet.workers.push(...racers)
  expect(await Promise.all(racers.map(({ ended }) => ended))).toEqual(racers.map(() => 0))
  await fleet.startWorker()
}
