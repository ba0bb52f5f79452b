/** How runs go on and end. What has ended stays as it is. */
import { Prisma, type Db, type Tx } from '../catalog/database.ts'
import type { ErrorCode, PlumblineError } from '../errors.ts'
import type { Outcome, RunCounts, RunStatus } from './runs.ts'

/**
 * A run as one attempt knows it. The fence is the attempt's: an attempt that was taken over, and wakes up
 * or fails late, must not end the run of its successor.
 */
export interface FencedRun {
  id: number
  fence: number | null
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
export async function endRun(db: Db | Tx, run: FencedRun, end: RunEnd): Promise<void> {
  await db.$executeRaw`${openRunUpdate(run, end, ending(end))}`
}

/** The same as a part of `recordVersion`, with the version that it draws. */
export function endRunWithVersion(run: FencedRun, end: RunEnd): Prisma.Sql {
  const assignment = Prisma.sql`${ending(end)}, version = head.version`
  return openRunUpdate(run, end, assignment, Prisma.sql`FROM head`)
}

function ending({ status, note }: RunEnd): Prisma.Sql {
  return Prisma.sql`status = ${status}, ended_at = clock_timestamp(), error_code = NULL,
    error_message = coalesce(${note ?? null}, CASE WHEN error_code IS NULL THEN error_message END), next_step = NULL`
}

/** Notes how far an open run has come. */
export async function recordProgress(
  db: Db | Tx,
  run: FencedRun,
  progress: Omit<RunEnd, 'status'>,
): Promise<void> {
  const assignment = Prisma.sql`status = 'running', error_message = coalesce(${progress.note ?? null}, error_message)`
  await db.$executeRaw`${openRunUpdate(run, progress, assignment)}`
}

function openRunUpdate(
  run: FencedRun,
  counts: Omit<RunEnd, 'status'>,
  assignment: Prisma.Sql,
  source = Prisma.empty,
): Prisma.Sql {
  return Prisma.sql`
    UPDATE refresh_runs SET ${assignment}, started_at = coalesce(started_at, now()),
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
      phases = phases || ${JSON.stringify(counts.phases ?? {})}::jsonb ${source}
    WHERE id = ${run.id} AND fence IS NOT DISTINCT FROM ${run.fence} AND status IN ('queued', 'running')`
}

/** Records a failed attempt; `final` closes the run, else it stays open for the next attempt. */
export async function recordFailure(
  db: Db,
  run: FencedRun,
  error: PlumblineError,
  final: boolean,
): Promise<void> {
  const status: RunStatus = final ? failureOutcome(error.code) : 'running'
  await db.$executeRaw`
    UPDATE refresh_runs SET status = ${status}, ended_at = ${final ? Prisma.sql`clock_timestamp()` : Prisma.sql`NULL`},
      http_status = coalesce(${error.httpStatus ?? null}::int, http_status),
      error_code = ${error.code}, error_message = ${error.message}, next_step = ${error.nextStep ?? null}
    WHERE id = ${run.id} AND fence IS NOT DISTINCT FROM ${run.fence} AND status IN ('queued', 'running')`
}

function failureOutcome(code: ErrorCode): Outcome {
  if (code === 'cancelled' || code === 'superseded') return code
  return 'failed'
}

/** Slices of runs that have ended cannot be open. */
export async function closeOrphanedSlices(db: Db): Promise<void> {
  await db.$executeRaw`
    UPDATE refresh_runs c SET status = 'failed', ended_at = now(), error_code = 'abandoned',
      error_message = 'The refresh ended without this slice.'
    FROM refresh_runs p
    WHERE c.parent_id = p.id AND c.status IN ('queued', 'running') AND p.status NOT IN ('queued', 'running')`
}
