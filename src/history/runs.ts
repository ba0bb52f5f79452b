/**
 * The refresh history. A collect of an upstream is one run; every provider's slice of it is a run with
 * that one as its parent. A run is opened before the first request and closed on every path.
 */
import { Prisma, recordset, type Db, type Reader, type Tx } from '../catalog/database.ts'
import { PlumblineError, type ErrorCode } from '../errors.ts'

export const openStatuses = ['queued', 'running'] as const
export const outcomes = [
  'applied',
  'unchanged',
  'held',
  'partial',
  'failed',
  'superseded',
  'cancelled',
] as const
/** How a run ended. held: something waits for review; partial: some slices failed, others did not. */
export type Outcome = (typeof outcomes)[number]
export type RunStatus = (typeof openStatuses)[number] | Outcome
export type Trigger = 'schedule' | 'manual' | 'startup' | 'approval'

export interface RunOptions {
  /** Takes the upstream at its word: no cooldown, conditions, guards or grace. */
  force?: boolean
  /** Only this provider's slice. */
  provider?: string
}

/** Counts are of listings; `removed` ones are retired, `missing` ones absent for the first time. */
export interface RunCounts {
  entries: number
  rejected: number
  added: number
  updated: number
  removed: number
  missing: number
  unchanged: number
  priceChanges: number
  held: number
}

export const noCounts: RunCounts = {
  entries: 0,
  rejected: 0,
  added: 0,
  updated: 0,
  removed: 0,
  missing: 0,
  unchanged: 0,
  priceChanges: 0,
  held: 0,
}

export interface RefreshRun extends RunCounts {
  id: number
  parentId: number | null
  upstream: string
  provider: string | null
  trigger: Trigger
  actor: string | null
  options: RunOptions
  status: RunStatus
  attempt: number
  fence: number | null
  snapshotId: number | null
  jobId: string | null
  version: number | null
  queuedAt: Date
  startedAt: Date | null
  endedAt: Date | null
  httpStatus: number | null
  bytes: number | null
  slices: number
  /** Milliseconds by phase. */
  phases: Record<string, number>
  errorCode: ErrorCode | null
  errorMessage: string | null
  nextStep: string | null
}

// The predicate of the index refresh_runs_one_active: an upstream has one open collect. Approvals are
// no collects and stand beside it.
const openCollect = Prisma.sql`parent_id IS NULL AND trigger <> 'approval' AND status IN ('queued', 'running')`

export interface QueuedRun {
  upstream: string
  trigger: Trigger
  actor: string | null
  options: RunOptions
}

/**
 * Opens a run that waits for a worker. Throws `already_running` (the running one's id is in the
 * message) when the upstream has an open run: a unique index decides, not a look before.
 */
export async function queueRun(
  db: Db,
  { upstream, trigger, actor, options }: QueuedRun,
): Promise<RefreshRun> {
  const rows = await db.$queryRaw<RunRow[]>`
    INSERT INTO refresh_runs (upstream, trigger, actor, options, status)
    VALUES (${upstream}, ${trigger}, ${actor}, ${JSON.stringify(options)}::jsonb, 'queued')
    ON CONFLICT (upstream) WHERE ${openCollect} DO NOTHING
    RETURNING ${runSelection}`
  const [row] = rows
  if (row) return toRun(row)
  const open = await readOpenRun(db, upstream)
  throw new PlumblineError(
    'already_running',
    `${upstream} is being refreshed (run ${open?.id ?? '?'}).`,
    {
      nextStep: `Follow it with: plumbline run ${open?.id ?? ''}`,
    },
  )
}

/** The queued or running collect of an upstream. */
export async function readOpenRun(
  reader: Reader,
  upstream: string,
): Promise<RefreshRun | undefined> {
  const [row] = await reader.$queryRaw<RunRow[]>`
    SELECT ${runSelection} FROM refresh_runs
    WHERE upstream = ${upstream} AND ${openCollect}`
  return row && toRun(row)
}

export interface ClaimedRun {
  run: RefreshRun
  fence: number
}

/**
 * The run that a collect job works on: the one that is open for the upstream (queued by somebody, or
 * this job's own from an earlier attempt), else a new one. Every attempt draws a new fence, so an
 * attempt that was thought dead cannot undo its successor.
 */
export async function claimRun(
  db: Db,
  upstream: string,
  jobId: string,
  trigger: Trigger,
): Promise<ClaimedRun> {
  const rows = await db.$queryRaw<RunRow[]>`
    INSERT INTO refresh_runs (upstream, trigger, status, job_id, attempt, fence, started_at)
    VALUES (${upstream}, ${trigger}, 'running', ${jobId}, 1, nextval('fence_seq'), now())
    ON CONFLICT (upstream) WHERE ${openCollect} DO UPDATE
    SET status = 'running', job_id = EXCLUDED.job_id, attempt = refresh_runs.attempt + 1,
      fence = EXCLUDED.fence, started_at = coalesce(refresh_runs.started_at, now())
    RETURNING ${runSelection}`
  const [row] = rows
  if (!row) throw new PlumblineError('internal', `No run could be opened for ${upstream}.`)
  return { run: toRun(row), fence: Number(row.fence) }
}

/**
 * The run under which an operator's approval applies a held slice. It is no collect of the upstream, so
 * it stands beside one that may be open: its provider is set.
 */
export async function openApprovalRun(
  db: Db,
  run: {
    upstream: string
    provider: string
    actor: string
    fence: number
    snapshotId: number | null
  },
): Promise<RefreshRun> {
  const options = JSON.stringify({ provider: run.provider } satisfies RunOptions)
  const [row] = await db.$queryRaw<RunRow[]>`
    INSERT INTO refresh_runs (upstream, trigger, actor, options, status, attempt, fence, snapshot_id, slices, started_at)
    VALUES (${run.upstream}, 'approval', ${run.actor}, ${options}::jsonb, 'running', 1, ${run.fence}, ${run.snapshotId}, 1, now())
    RETURNING ${runSelection}`
  if (!row) throw new PlumblineError('internal', 'No run could be opened for the approval.')
  return toRun(row)
}

export interface SliceRunKey {
  parentId: number
  provider: string
  fence: number
  snapshotId: number | null
}

/** Opens the runs of all slices of a collect at once; those of an earlier attempt begin anew. */
export async function openSliceRuns(db: Db, keys: readonly SliceRunKey[]): Promise<void> {
  const rows = keys.map((key) => ({
    parent: key.parentId,
    provider: key.provider,
    fence: key.fence,
    snapshot: key.snapshotId,
  }))
  const columns = {
    parent: 'bigint',
    provider: 'text',
    fence: 'bigint',
    snapshot: 'bigint',
  } as const
  await db.$executeRaw`
    INSERT INTO refresh_runs (parent_id, upstream, provider, trigger, actor, options, status, fence, snapshot_id)
    SELECT p.id, p.upstream, r.provider, p.trigger, p.actor, p.options, 'queued', r.fence, r.snapshot
    FROM ${recordset(rows, columns)} JOIN refresh_runs p ON p.id = r.parent
    ON CONFLICT (parent_id, provider) WHERE parent_id IS NOT NULL DO UPDATE
    SET status = 'queued', fence = EXCLUDED.fence, snapshot_id = EXCLUDED.snapshot_id, ended_at = NULL`
}

/** The run of one slice. Throws `not_found` when retention or an operator removed it. */
export async function readSliceRun(
  reader: Reader,
  parentId: number,
  provider: string,
): Promise<RefreshRun> {
  const [row] = await reader.$queryRaw<RunRow[]>`
    SELECT ${runSelection} FROM refresh_runs WHERE parent_id = ${parentId} AND provider = ${provider}`
  if (!row) throw new PlumblineError('not_found', `Run ${parentId} has no slice of ${provider}.`)
  return toRun(row)
}

export interface RunEnd extends Partial<RunCounts> {
  status: Outcome
  slices?: number
  snapshotId?: number
  commitId?: number
  httpStatus?: number
  bytes?: number
  phases?: Record<string, number>
  /** Something that a reader of the history should know although the run went well. */
  note?: string
}

/** Closes a run that is open; one that has ended stays as it is. */
export async function endRun(db: Db | Tx, runId: number, end: RunEnd): Promise<void> {
  await updateOpenRun(
    db,
    runId,
    end,
    Prisma.sql`status = ${end.status}, ended_at = clock_timestamp(),
    error_code = NULL, error_message = coalesce(${end.note ?? null}, CASE WHEN error_code IS NULL THEN error_message END), next_step = NULL`,
  )
}

/** Notes how far an open run has come. */
export async function recordProgress(
  db: Db | Tx,
  runId: number,
  progress: Omit<RunEnd, 'status'>,
): Promise<void> {
  await updateOpenRun(
    db,
    runId,
    progress,
    Prisma.sql`status = 'running', error_message = coalesce(${progress.note ?? null}, error_message)`,
  )
}

async function updateOpenRun(
  db: Db | Tx,
  runId: number,
  end: Omit<RunEnd, 'status'>,
  assignment: Prisma.Sql,
): Promise<void> {
  const counts = { ...end }
  await db.$executeRaw`
    UPDATE refresh_runs SET ${assignment}, started_at = coalesce(started_at, clock_timestamp()),
      slices = coalesce(${counts.slices ?? null}::int, slices),
      snapshot_id = coalesce(${counts.snapshotId ?? null}::bigint, snapshot_id),
      commit_id = coalesce(${counts.commitId ?? null}::bigint, commit_id),
      http_status = coalesce(${counts.httpStatus ?? null}::int, http_status),
      bytes = coalesce(${counts.bytes ?? null}::bigint, bytes),
      entries = coalesce(${counts.entries ?? null}::int, entries),
      rejected = coalesce(${counts.rejected ?? null}::int, rejected),
      added = coalesce(${counts.added ?? null}::int, added),
      updated = coalesce(${counts.updated ?? null}::int, updated),
      removed = coalesce(${counts.removed ?? null}::int, removed),
      missing = coalesce(${counts.missing ?? null}::int, missing),
      unchanged = coalesce(${counts.unchanged ?? null}::int, unchanged),
      price_changes = coalesce(${counts.priceChanges ?? null}::int, price_changes),
      held = coalesce(${counts.held ?? null}::int, held),
      phases = phases || ${JSON.stringify(counts.phases ?? {})}::jsonb
    WHERE id = ${runId} AND status IN ('queued', 'running')`
}

/** Records a failed attempt; `final` closes the run, else it stays open for the next attempt. */
export async function recordFailure(
  db: Db,
  runId: number,
  error: PlumblineError,
  final: boolean,
): Promise<void> {
  const status: RunStatus = final ? failureOutcome(error.code) : 'running'
  await db.$executeRaw`
    UPDATE refresh_runs SET status = ${status}, ended_at = ${final ? Prisma.sql`clock_timestamp()` : Prisma.sql`NULL`},
      http_status = coalesce(${error.httpStatus ?? null}::int, http_status),
      error_code = ${error.code}, error_message = ${error.message}, next_step = ${error.nextStep ?? null}
    WHERE id = ${runId} AND status IN ('queued', 'running')`
}

function failureOutcome(code: ErrorCode): Outcome {
  if (code === 'cancelled' || code === 'superseded') return code
  return 'failed'
}

/** How the slices of a collect ended, summed up. */
export interface SliceSummary extends Omit<RunCounts, 'entries' | 'rejected' | 'unchanged'> {
  ended: number
  failed: number
  applied: number
  heldSlices: number
  superseded: number
  unchanged: number
}

export async function summariseSlices(reader: Reader, parentId: number): Promise<SliceSummary> {
  const [row] = await reader.$queryRaw<SliceSummary[]>`
    SELECT count(*) FILTER (WHERE status NOT IN ('queued', 'running'))::int AS ended,
      count(*) FILTER (WHERE status IN ('failed', 'cancelled'))::int AS failed,
      count(*) FILTER (WHERE status = 'applied')::int AS applied,
      count(*) FILTER (WHERE status = 'held')::int AS "heldSlices",
      count(*) FILTER (WHERE status = 'superseded')::int AS superseded,
      coalesce(sum(unchanged), 0)::int AS unchanged, coalesce(sum(added), 0)::int AS added,
      coalesce(sum(updated), 0)::int AS updated, coalesce(sum(removed), 0)::int AS removed,
      coalesce(sum(missing), 0)::int AS missing, coalesce(sum(held), 0)::int AS held,
      coalesce(sum(price_changes), 0)::int AS "priceChanges"
    FROM refresh_runs WHERE parent_id = ${parentId}`
  if (!row) throw new PlumblineError('not_found', `There is no run ${parentId}.`)
  return row
}

export async function readRun(reader: Reader, id: number): Promise<RefreshRun | undefined> {
  const [row] = await reader.$queryRaw<
    RunRow[]
  >`SELECT ${runSelection} FROM refresh_runs WHERE id = ${id}`
  return row && toRun(row)
}

export async function readSliceRuns(reader: Reader, parentId: number): Promise<RefreshRun[]> {
  const rows = await reader.$queryRaw<RunRow[]>`
    SELECT ${runSelection} FROM refresh_runs WHERE parent_id = ${parentId} ORDER BY provider`
  return rows.map(toRun)
}

export interface RunFilter {
  upstream?: string
  status?: RunStatus
  limit?: number
  /** Ids below this one: for the next page. */
  before?: number
}

/** Collects and approvals, newest first. */
export async function listRuns(
  reader: Reader,
  { upstream, status, limit = 20, before }: RunFilter = {},
): Promise<RefreshRun[]> {
  const rows = await reader.$queryRaw<RunRow[]>`
    SELECT ${runSelection} FROM refresh_runs
    WHERE parent_id IS NULL
      ${upstream === undefined ? Prisma.empty : Prisma.sql`AND upstream = ${upstream}`}
      ${status === undefined ? Prisma.empty : Prisma.sql`AND status = ${status}`}
      ${before === undefined ? Prisma.empty : Prisma.sql`AND id < ${before}`}
    ORDER BY id DESC LIMIT ${limit}`
  return rows.map(toRun)
}

/** Open runs that nothing has touched for a while: their jobs may be gone. */
export async function listOpenRuns(reader: Reader, olderThan: Date): Promise<RefreshRun[]> {
  const rows = await reader.$queryRaw<RunRow[]>`
    SELECT ${runSelection} FROM refresh_runs
    WHERE parent_id IS NULL AND status IN ('queued', 'running') AND coalesce(started_at, queued_at) < ${olderThan}
    ORDER BY id`
  return rows.map(toRun)
}

/** Slices of runs that have ended cannot be open. */
export async function closeOrphanedSlices(db: Db): Promise<void> {
  await db.$executeRaw`
    UPDATE refresh_runs c SET status = 'failed', ended_at = now(), error_code = 'abandoned',
      error_message = 'The refresh ended without this slice.'
    FROM refresh_runs p
    WHERE c.parent_id = p.id AND c.status IN ('queued', 'running') AND p.status NOT IN ('queued', 'running')`
}

const runSelection =
  Prisma.raw(`id, parent_id AS "parentId", upstream, provider, trigger, actor, options, status,
  attempt, fence, snapshot_id AS "snapshotId", job_id AS "jobId", version, queued_at AS "queuedAt",
  started_at AS "startedAt", ended_at AS "endedAt", http_status AS "httpStatus", bytes, slices, entries, rejected,
  added, updated, removed, missing, unchanged, price_changes AS "priceChanges", held, phases,
  error_code AS "errorCode", error_message AS "errorMessage", next_step AS "nextStep"`)

type Numbered = 'id' | 'parentId' | 'fence' | 'snapshotId' | 'version' | 'bytes'
type RunRow = Omit<RefreshRun, Numbered> & Record<Numbered, bigint | null>

function toRun(row: RunRow): RefreshRun {
  return {
    ...row,
    id: Number(row.id),
    parentId: toNumber(row.parentId),
    fence: toNumber(row.fence),
    snapshotId: toNumber(row.snapshotId),
    version: toNumber(row.version),
    bytes: toNumber(row.bytes),
  }
}

function toNumber(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}
