/** How far runs have come: what somebody who waits for them asks for again and again. */
import type { Reader } from '../catalog/database.ts'
import type { ErrorCode } from '../errors.ts'
import type { RunStatus } from './runs.ts'

export interface RunProgress {
  id: number
  upstream: string
  status: RunStatus
  attempt: number
  queuedAt: Date
  startedAt: Date | null
  entries: number
  /** 0 until the payload is read and compared. */
  slices: number
  endedSlices: number
  /** While the run is open: why the last attempt failed. */
  errorCode: ErrorCode | null
  errorMessage: string | null
}

export async function readRunProgress(
  reader: Reader,
  ids: readonly number[],
): Promise<RunProgress[]> {
  const rows = await reader.$queryRaw<(Omit<RunProgress, 'id'> & { id: bigint })[]>`
    SELECT r.id, r.upstream, r.status, r.attempt, r.queued_at AS "queuedAt", r.started_at AS "startedAt",
      r.entries, r.slices, r.error_code AS "errorCode", r.error_message AS "errorMessage",
      (SELECT count(*)::int FROM refresh_runs c
        WHERE c.parent_id = r.id AND c.status NOT IN ('queued', 'running')) AS "endedSlices"
    FROM refresh_runs r WHERE r.id = ANY(${[...ids]}::bigint[]) ORDER BY r.id`
  return rows.map((row) => ({ ...row, id: Number(row.id) }))
}
