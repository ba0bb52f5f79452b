/**
 * How runs begin. A unique index lets an upstream have one open collect: it decides who is refused and
 * whose run a job works on, not a look before.
 */
import { recordset, type Db } from '../catalog/database.ts'
import { PlumblineError } from '../errors.ts'
import {
  openCollect,
  readOpenRun,
  runSelection,
  toRun,
  type RefreshRun,
  type RunOptions,
  type RunRow,
  type Trigger,
} from './runs.ts'

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

/**
 * Opens the runs of all slices of a collect at once; those of an earlier attempt begin anew. Throws
 * `superseded` when a later attempt has taken the collect over, or it has ended.
 */
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
  const opened = await db.$executeRaw`
    INSERT INTO refresh_runs (parent_id, upstream, provider, trigger, actor, options, status, fence, snapshot_id)
    SELECT p.id, p.upstream, r.provider, p.trigger, p.actor, p.options, 'queued', r.fence, r.snapshot
    FROM ${recordset(rows, columns)} JOIN refresh_runs p ON p.id = r.parent
      AND p.fence = r.fence AND p.status IN ('queued', 'running') FOR SHARE OF p
    ON CONFLICT (parent_id, provider) WHERE parent_id IS NOT NULL DO UPDATE
    SET status = 'queued', fence = EXCLUDED.fence, snapshot_id = EXCLUDED.snapshot_id, ended_at = NULL`
  if (opened < keys.length)
    throw new PlumblineError('superseded', 'A later attempt has taken this refresh over.')
}
