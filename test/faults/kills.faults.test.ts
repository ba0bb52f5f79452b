/** A worker that dies anywhere between request and announcement leaves nothing that the next cannot mend. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { isReady, openFleet, type Fleet } from '../support/fleet.ts'
import { catalogIs, expectSound, readStream } from '../support/invariants.ts'
import { followAll, refreshedTo, versionOf } from '../support/observe.ts'
import { startProgram, type Program } from '../support/program.ts'

const kills = 50
const shape = { providers: 6, models: 9, changesEvery: 2 }
const slicesThatChange = shape.providers / shape.changesEvery
const quickly = { JOB_LOCK_DURATION: '500ms', JOB_STALLED_INTERVAL: '100ms' }

it('fifty kills between request and announcement leave the same catalog, log and events as none', async () => {
  const undisturbed = await openFleet({ shape, env: quickly })
  const durationMs = await refreshAll(undisturbed, await undisturbed.startWorker())
  const disturbed = await openFleet({ shape, env: quickly })
  const following = await followAll(disturbed)
  const stages = await refreshAndKillAll(disturbed, durationMs)
  await expectSound(undisturbed)
  await expectSound(disturbed)
  expect(await contentOf(disturbed)).toEqual(await contentOf(undisturbed))
  const head = await versionOf(undisturbed)
  expect(await versionOf(disturbed)).toBe(head)
  await expect.poll(() => following.at(-1), { timeout: 10_000 }).toBe(head)
  expect(following).toEqual(Array.from({ length: head }, (_, index) => index + 1))
  const repeats = (await readStream(disturbed)).length - head
  console.log(
    `Undisturbed: ${Math.round(durationMs)} ms a refresh, ${head} versions. Killed before any commit: ${stages.before}, between commits: ${stages.between}, after the last: ${stages.after} (of them unannounced: ${stages.unannounced}); ${repeats} announcements came twice.`,
  )
}, 480_000)

/** Returns how long a refresh takes from request to announcement, on average, in milliseconds. */
async function refreshAll(fleet: Fleet, worker: Program): Promise<number> {
  fleet.serve(0)
  await refreshedTo(fleet, 0)
  let totalMs = 0
  for (let body = 1; body <= kills; body++) {
    fleet.serve(body)
    const askedAt = await ask(fleet)
    await refreshedTo(fleet, body)
    totalMs += Date.now() - askedAt
  }
  worker.kill('SIGKILL')
  return totalMs / kills
}

/** Body by body: kill the worker while it works on it, and let the next one finish it. */
async function refreshAndKillAll(fleet: Fleet, durationMs: number) {
  const stages = { before: 0, between: 0, after: 0, unannounced: 0 }
  const commits = await countCommits(fleet)
  let next = warmUp(fleet)
  let worker = await begin(next)
  next = warmUp(fleet)
  fleet.serve(0)
  await refreshedTo(fleet, 0)
  for (let body = 1; body <= kills; body++) {
    fleet.serve(body)
    const before = await versionOf(fleet)
    const commitsBefore = commits()
    await ask(fleet)
    // In turns: at any time of the refresh, and right after one of its commits.
    if (body % 2 === 1) await sleep((durationMs * body) / kills)
    else await reached(() => commits() > commitsBefore + (body % slicesThatChange))
    worker.kill('SIGKILL')
    await worker.ended
    await note(fleet, stages, before, body)
    worker = await begin(next)
    next = warmUp(fleet)
    await refreshedTo(fleet, body)
  }
  return stages
}

/** How many versions were committed so far, told by the server as they are. */
async function countCommits({ pool }: Fleet): Promise<() => number> {
  await pool.query(`
    CREATE FUNCTION tell_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      NOTIFY committed; RETURN NULL;
    END $$;
    CREATE TRIGGER tell_commit AFTER INSERT ON catalog_versions FOR EACH ROW EXECUTE FUNCTION tell_commit()`)
  const listener = await pool.connect()
  let commits = 0
  listener.on('notification', () => commits++)
  await listener.query('LISTEN committed')
  onTestFinished(() => listener.release(true))
  return () => commits
}

async function reached(condition: () => boolean): Promise<void> {
  const until = Date.now() + 10_000
  while (!condition() && Date.now() < until) await sleep(1)
}

function warmUp(fleet: Fleet): Program {
  const worker = startProgram(new URL('../support/warm-worker.ts', import.meta.url), [], fleet.env)
  fleet.workers.push(worker)
  return worker
}

async function begin(worker: Program): Promise<Program> {
  worker.tell('begin')
  await isReady(worker)
  return worker
}

/** Resolves when the upstream is asked. */
async function ask(fleet: Fleet): Promise<number> {
  const requests = fleet.upstream.requests.length
  await fleet.enqueue()
  await reached(() => fleet.upstream.requests.length > requests)
  return Date.now()
}

async function note(
  fleet: Fleet,
  stages: { before: number; between: number; after: number; unannounced: number },
  before: number,
  body: number,
): Promise<void> {
  const isWhole = await catalogIs(fleet, body)
  const now = await versionOf(fleet)
  if (now === before && !isWhole) stages.before++
  else if (!isWhole) stages.between++
  else stages.after++
  const { rowCount } = await fleet.pool.query(
    'SELECT 1 FROM catalog_versions WHERE announced_at IS NULL',
  )
  if (isWhole && (rowCount ?? 0) > 0) stages.unannounced++
}

/** Everything that a consumer can read, without the times and numbers of the very commits. */
async function contentOf({ pool }: Fleet): Promise<unknown> {
  const content = {
    models: `SELECT to_jsonb(m) - '{created_at,changed_at,commit_id}'::text[] AS row
      FROM models m ORDER BY provider, model_id`,
    listings: `SELECT to_jsonb(l) - '{first_seen_at,changed_at,commit_id}'::text[] AS row
      FROM listings l ORDER BY provider, model_id`,
    changes: `SELECT jsonb_build_array(provider, model_id, kind, field, "from", "to") AS row
      FROM model_changes ORDER BY provider, model_id, id`,
    prices: `SELECT jsonb_build_array(provider, model_id, component, amount, valid_to IS NULL) AS row
      FROM price_history ORDER BY provider, model_id, component, id`,
  }
  const read = Object.entries(content).map(async ([name, query]) => {
    return [name, (await pool.query<{ row: unknown }>(query)).rows.map(({ row }) => row)]
  })
  return Object.fromEntries(await Promise.all(read)) as unknown
}
