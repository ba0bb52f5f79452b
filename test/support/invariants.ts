/** What must hold after every fault, however it went: the catalog, its log and its events fit together. */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import { fleetUpstream, type Fleet } from './fleet.ts'
import { bodyText, expectedLines, linesQuery } from './numbered-bodies.ts'

export interface SoundOptions {
  /** The stream in Redis was lost on the way: only that everything was announced can be seen. */
  streamWasLost?: true
}

/** Waits until all runs have ended and everything is announced, then looks at everything. */
export async function expectSound(fleet: Fleet, options: SoundOptions = {}): Promise<void> {
  await runsEnd(fleet)
  await everythingIsAnnounced(fleet)
  await noProviderIsMixed(fleet)
  await versionsAreGapless(fleet)
  await fencesOnlyRise(fleet)
  await appliedRunsHaveOneVersion(fleet)
  await conditionalRequestsAreTrue(fleet)
  if (!options.streamWasLost) await streamHasEveryVersion(fleet)
  expect(surprises(fleet)).toEqual([])
}

/** Lines of the workers' logs that say that something was not unforeseen. */
function surprises({ workers }: Fleet): string[] {
  const unforeseen = /unhandled|uncaught|unique constraint|"code":"(internal|2[23]\w{3})"/i
  return workers.flatMap(({ output }) =>
    output()
      .split('\n')
      .filter((line) => unforeseen.test(line)),
  )
}

export async function runsEnd({ pool }: Fleet, timeout = 30_000): Promise<void> {
  const open = `SELECT id, parent_id, provider, status, attempt, error_code FROM refresh_runs
    WHERE status IN ('queued', 'running') ORDER BY id`
  await expect
    .poll(async () => (await pool.query(open)).rows, { timeout, interval: 50 })
    .toEqual([])
}

export async function everythingIsAnnounced({ pool }: Fleet, timeout = 30_000): Promise<void> {
  const pending = 'SELECT version FROM catalog_versions WHERE announced_at IS NULL ORDER BY version'
  await expect
    .poll(async () => (await pool.query(pending)).rows, { timeout, interval: 50 })
    .toEqual([])
}

/** Every provider is as this body has it, within the time. */
export async function catalogBecomes(fleet: Fleet, body: number, timeout = 40_000): Promise<void> {
  const expected = Object.fromEntries(expectedLines(body, fleet.shape))
  await expect
    .poll(async () => Object.fromEntries(await readLines(fleet)), { timeout, interval: 50 })
    .toEqual(expected)
}

export async function catalogIs(fleet: Fleet, body: number): Promise<boolean> {
  const lines = await readLines(fleet)
  return isDeepStrictEqual(lines, expectedLines(body, fleet.shape))
}

async function readLines({ pool }: Fleet): Promise<Map<string, string[]>> {
  const { rows } = await pool.query<{ provider: string; lines: string[] }>(linesQuery)
  return new Map(rows.map(({ provider, lines }) => [provider, lines]))
}

async function noProviderIsMixed(fleet: Fleet): Promise<void> {
  const bodies = [...fleet.served].map((body) => expectedLines(body, fleet.shape))
  for (const [provider, lines] of await readLines(fleet))
    expect(
      bodies.some((body) => isDeepStrictEqual(body.get(provider), lines)),
      `${provider} is as no body has it:\n${lines.join('\n')}`,
    ).toBe(true)
}

async function versionsAreGapless({ pool }: Fleet): Promise<void> {
  const { rows } = await pool.query<{ version: string }>(
    'SELECT version FROM catalog_versions ORDER BY version',
  )
  expect(rows.map(({ version }) => Number(version))).toEqual(rows.map((_, index) => index + 1))
  const head = await pool.query<{ version: string }>('SELECT version FROM catalog_head')
  expect(Number(head.rows[0]?.version)).toBe(rows.length)
}

async function fencesOnlyRise({ pool }: Fleet): Promise<void> {
  const { rows } = await pool.query('SELECT * FROM applied_log WHERE after <= before')
  expect(rows).toEqual([])
}

/** A version and its changes are one commit, and the history says which run made it. */
async function appliedRunsHaveOneVersion({ pool }: Fleet): Promise<void> {
  const commits = await pool.query(`
    SELECT commit_id, count(*) FILTER (WHERE source = 'version') AS versions FROM (
      SELECT DISTINCT commit_id, 'change' AS source FROM model_changes
      UNION ALL SELECT commit_id, 'version' FROM catalog_versions) AS c
    GROUP BY commit_id HAVING count(*) FILTER (WHERE source = 'version') <> 1`)
  expect(commits.rows).toEqual([])
  const runs = await pool.query(`
    SELECT r.id, r.status, r.version, count(v.version) AS versions FROM refresh_runs r
    LEFT JOIN catalog_versions v ON v.version = r.version AND v.run_id = r.id
    WHERE r.parent_id IS NOT NULL AND r.status = 'applied'
    GROUP BY r.id HAVING count(v.version) <> 1`)
  expect(runs.rows).toEqual([])
  const { rows } = await pool.query(
    `SELECT v.version FROM catalog_versions v LEFT JOIN refresh_runs r ON r.id = v.run_id
     WHERE r.upstream IS DISTINCT FROM '${fleetUpstream}'`,
  )
  expect(rows).toEqual([])
}

/**
 * The body that the next request will say it has is the one that the catalog has: else a 304 would keep
 * the catalog wrong for ever.
 */
async function conditionalRequestsAreTrue(fleet: Fleet): Promise<void> {
  const { rows } = await fleet.pool.query<{ sha256: string | null }>(
    'SELECT applied_sha256 AS sha256 FROM upstreams WHERE id = $1',
    [fleetUpstream],
  )
  const claimed = [...fleet.served].find(
    (body) => sha256Of(bodyText(body, fleet.shape)) === rows[0]?.sha256,
  )
  if (claimed === undefined) return
  const expected = Object.fromEntries(expectedLines(claimed, fleet.shape))
  expect(Object.fromEntries(await readLines(fleet))).toEqual(expected)
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Repeats are allowed; what comes for the first time comes in order. */
async function streamHasEveryVersion(fleet: Fleet): Promise<void> {
  const announced = await readStream(fleet)
  const { rows } = await fleet.pool.query<{ version: string }>(
    'SELECT version FROM catalog_versions ORDER BY version',
  )
  expect([...new Set(announced)]).toEqual(rows.map(({ version }) => Number(version)))
}

/** Versions as the stream has them, repeats included. */
export async function readStream({ redis, prefix }: Fleet): Promise<number[]> {
  const entries = await redis.xrange(`${prefix}:events`, '-', '+')
  return entries.flatMap(([, fields]) => {
    const isVersion = fields[fields.indexOf('type') + 1] === 'plumbline.catalog.changed'
    return isVersion ? [Number(fields[fields.indexOf('id') + 1])] : []
  })
}
