/** Workers that are told to stop, stall, or die at any moment. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { bodyPath, openFleet, type Fleet } from '../support/fleet.ts'
import { catalogBecomes, catalogIs, expectSound, runsEnd } from '../support/invariants.ts'
import { bodyText } from '../support/numbered-bodies.ts'
import type { Program } from '../support/program.ts'
import { seededRandom, type Random } from '../support/random.ts'
import { lockSlices } from '../support/row-locks.ts'

const kills = 20

it('twenty workers are killed at random moments, and every provider comes to the newest body', async () => {
  const random = seededRandom()
  const fleet = await openFleet({
    env: {
      PLUMBLINE_UPSTREAM_MODELS_DEV_SCHEDULE: '1s',
      JOB_LOCK_DURATION: '1s',
      JOB_STALLED_INTERVAL: '400ms',
    },
  })
  try {
    serveEachRequestAnother(fleet)
    const alive = await Promise.all([fleet.startWorker(), fleet.startWorker()])
    for (let kill = 0; kill < kills; kill++) await killOne(fleet, alive, random)
    const newest = fleet.served.size + 1
    fleet.serve(newest)
    await catalogBecomes(fleet, newest, 10_000)
    await fleet.pool.query(`UPDATE upstreams SET schedule = '24h'`)
    await expectSound(fleet)
    expect(await catalogIs(fleet, newest)).toBe(true)
  } catch (error) {
    throw new Error(`With FAULT_SEED=${random.seed}`, { cause: error })
  }
})

function serveEachRequestAnother({ upstream, served, shape }: Fleet): void {
  upstream.answer(bodyPath, () => {
    const body = served.size + 1
    served.add(body)
    return { body: bodyText(body, shape), delayMs: 50 }
  })
}

async function killOne(fleet: Fleet, alive: Program[], random: Random): Promise<void> {
  await sleep(random.between(0, 600))
  const victim = random.between(0, alive.length - 1)
  alive[victim]?.kill('SIGKILL')
  alive[victim] = await fleet.startWorker()
}

it('a worker that is told to stop finishes its job, and nobody takes it for stalled', async () => {
  const fleet = await openFleet()
  const worker = await startWithBody(fleet, 1)
  const requests = await askSlowly(fleet, 2, 1500)
  const other = await fleet.startWorker()
  const toldAt = Date.now()
  worker.kill('SIGTERM')
  expect(await worker.ended).toBe(0)
  expect(Date.now() - toldAt).toBeLessThan(10_000)
  await catalogBecomes(fleet, 2)
  await runsEnd(fleet)
  expect(fleet.upstream.requests).toHaveLength(requests)
  const { rows } = await fleet.pool.query(
    'SELECT status, attempt FROM refresh_runs WHERE parent_id IS NULL ORDER BY id DESC LIMIT 1',
  )
  expect(rows).toEqual([{ status: 'applied', attempt: 1 }])
  for (const { output } of [worker, other]) expect(output()).not.toContain('went silent')
  await expectSound(fleet)
})

async function startWithBody(fleet: Fleet, body: number): Promise<Program> {
  fleet.serve(body)
  const worker = await fleet.startWorker()
  await catalogBecomes(fleet, body)
  await runsEnd(fleet)
  return worker
}

/** Resolves to the number of requests so far when the one for this body has come. */
async function askSlowly(fleet: Fleet, body: number, delayMs: number): Promise<number> {
  const { upstream, served, shape } = fleet
  const requests = upstream.requests.length + 1
  served.add(body)
  upstream.answer(bodyPath, { body: bodyText(body, shape), delayMs })
  await fleet.enqueue()
  await expect.poll(() => upstream.requests.length, { timeout: 10_000 }).toBe(requests)
  return requests
}

// Redis wakes the sleeper for the job that was taken from it, so others find it only when their own
// waiting call ends: drainDelay, 5 s, comes on top of lock and stalled interval.
it('a worker that sleeps between request and commit does not undo what was applied meanwhile', async () => {
  const fleet = await openFleet()
  const sleeper = await startWithBody(fleet, 1)
  await askSlowly(fleet, 2, 100)
  sleeper.kill('SIGSTOP')
  fleet.serve(3)
  await fleet.startWorker()
  await catalogBecomes(fleet, 3)
  await runsEnd(fleet)
  await wakeAndStop(sleeper)
  await expectSound(fleet)
  expect(await catalogIs(fleet, 3)).toBe(true)
})

it('a worker that wakes up while another one redoes its refresh does not disturb it', async () => {
  const fleet = await openFleet()
  const sleeper = await startWithBody(fleet, 1)
  await askSlowly(fleet, 2, 100)
  sleeper.kill('SIGSTOP')
  fleet.served.add(3)
  fleet.upstream.answer(bodyPath, () => {
    sleeper.kill('SIGCONT')
    return { body: bodyText(3, fleet.shape), delayMs: 30 }
  })
  await fleet.startWorker()
  await catalogBecomes(fleet, 3)
  await wakeAndStop(sleeper)
  await expectSound(fleet)
  expect(await catalogIs(fleet, 3)).toBe(true)
})

it('a worker that sleeps inside its transaction until the server gave it up writes nothing', async () => {
  const fleet = await openFleet()
  const sleeper = await startWithBody(fleet, 1)
  const locks = await lockSlices(fleet, ['provider-c'])
  fleet.serve(2)
  await fleet.enqueue()
  await locks.waiters(1)
  sleeper.kill('SIGSTOP')
  await locks.endWorkers()
  await locks.release()
  await fleet.startWorker()
  await runsEnd(fleet)
  await catalogBecomes(fleet, 2)
  fleet.serve(3)
  await fleet.enqueue()
  await catalogBecomes(fleet, 3)
  await wakeAndStop(sleeper)
  await expectSound(fleet)
  expect(await catalogIs(fleet, 3)).toBe(true)
})

async function wakeAndStop(sleeper: Program): Promise<void> {
  sleeper.kill('SIGCONT')
  await sleep(300)
  sleeper.kill('SIGTERM')
  expect(await sleeper.ended).toBe(0)
}
