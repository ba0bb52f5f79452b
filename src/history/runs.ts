/**
 * The refresh history. A collect of an upstream is one run; every provider's slice of it is a run with
 * that one as its parent. A run is opened before the first request and closed on every path.
 */
import { Prisma, type Reader } from '../catalog/database.ts'
import { PlumblineError, type ErrorCode } from '../errors.ts'
import { syncOutcomes, type SyncOutcome } from '../metrics.ts'

export const openStatuses = ['queued', 'running'] as const
export const outcomes = syncOutcomes
/** How a run ended. held: something waits for review; partial: some slices failed, others did not. */
export type Outcome = SyncOutcome
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
export const openCollect = Prisma.sql`parent_id IS NULL AND trigger <> 'approval' AND status IN ('queued', 'running')`

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

export const runSelection =
  Prisma.raw(`id, parent_id AS "parentId", upstream, provider, trigger, actor, options, status,
  attempt, fence, snapshot_id AS "snapshotId", job_id AS "jobId", version, queued_at AS "queuedAt",
  started_at AS "startedAt", ended_at AS "endedAt", http_status AS "httpStatus", bytes, slices, entries, rejected,
  added, updated, removed, missing, unchanged, price_changes AS "priceChanges", held, phases,
  error_code AS "errorCode", error_message AS "errorMessage", next_step AS "nextStep"`)

type Numbered = 'id' | 'parentId' | 'fence' | 'snapshotId' | 'version' | 'bytes'
export type RunRow = Omit<RefreshRun, Numbered> & Record<Numbered, bigint | null>

export function toRun(row: RunRow): RefreshRun {
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
