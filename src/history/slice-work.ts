/** What the refresh of a slice finds when it begins, in one statement: it runs for every slice. */
import type { Tx } from '../catalog/database.ts'
import { PlumblineError } from '../errors.ts'
import type { RefreshRun } from './runs.ts'
import type { Snapshot } from './snapshots.ts'

export interface SliceWork {
  run: SliceRun
  /** Whether the collect is still this attempt's. If so nobody can take it over, and it cannot end, before the transaction does. */
  isCollectHeld: boolean
  /** Undefined: nothing was staged, or retention removed the snapshot. */
  snapshot: Snapshot | undefined
  /** Chunk 0 of what the collect staged; undefined when it was dropped. */
  stagedPayload: string | undefined
  around: SliceSurroundings
}

/** The run of one slice, as far as its refresh needs it. */
export type SliceRun = Pick<RefreshRun, 'id' | 'status' | 'fence' | 'options' | 'trigger'>

/** What is rarely there, asked once so that it need not be looked for. */
export interface SliceSurroundings {
  valueHolds: boolean
  sliceHold: boolean
  overrides: boolean
  missing: boolean
  /** False: no upstream has stated a model of the provider before. */
  models: boolean
}

export interface SliceWorkKey {
  /** The collect's. */
  runId: number
  upstream: string
  provider: string
  snapshotId: number | null
  fence: number
}

/**
 * To be called after `lockSlice`, never before: it sees what was committed until then. Throws `not_found`
 * when retention or an operator removed the run.
 */
export async function readSliceWork(tx: Tx, key: SliceWorkKey): Promise<SliceWork> {
  const { runId, upstream, provider, snapshotId } = key
  const [row] = await tx.$queryRaw<WorkRow[]>`
    SELECT r.id, r.status, r.fence, r.options, r.trigger, p.fence AS "collectFence", p.status AS "collectStatus",
      s.id AS "snapshotId", s.fence AS "snapshotFence", s.sha256, s.adapter_version AS "adapterVersion",
      s.fetched_at AS "fetchedAt", c.payload AS "stagedPayload",
      EXISTS (SELECT 1 FROM holds WHERE provider = ${provider} AND kind = 'value' AND status IN ('open', 'rejected')) AS "valueHolds",
      EXISTS (SELECT 1 FROM holds WHERE upstream = ${upstream} AND provider = ${provider} AND kind = 'slice' AND status = 'open') AS "sliceHold",
      EXISTS (SELECT 1 FROM overrides WHERE provider = ${provider}) AS overrides,
      EXISTS (SELECT 1 FROM listings WHERE upstream = ${upstream} AND provider = ${provider} AND state = 'missing') AS missing,
      EXISTS (SELECT 1 FROM listings WHERE provider = ${provider}) OR EXISTS (SELECT 1 FROM models WHERE provider = ${provider}) AS models
    FROM refresh_runs r JOIN refresh_runs p ON p.id = r.parent_id
      LEFT JOIN snapshots s ON s.id = ${snapshotId}
      LEFT JOIN snapshot_slices c ON c.snapshot_id = s.id AND c.provider = r.provider AND c.chunk = 0
    WHERE r.parent_id = ${runId} AND r.provider = ${provider} FOR SHARE OF p`
  if (!row) throw new PlumblineError('not_found', `Run ${runId} has no slice of ${provider}.`)
  return toWork(row, key)
}

interface WorkRow extends SliceSurroundings, Pick<RefreshRun, 'status' | 'options' | 'trigger'> {
  id: bigint
  fence: bigint | null
  collectFence: bigint | null
  collectStatus: RefreshRun['status']
  snapshotId: bigint | null
  snapshotFence: bigint
  sha256: string
  adapterVersion: number
  fetchedAt: Date
  stagedPayload: string | null
}

function toWork(row: WorkRow, { upstream, fence }: SliceWorkKey): SliceWork {
  const { status, options, trigger, sha256, adapterVersion, fetchedAt } = row
  const { valueHolds, sliceHold, overrides, missing, models } = row
  const isOpen = row.collectStatus === 'queued' || row.collectStatus === 'running'
  return {
    run: { id: Number(row.id), status, options, trigger, fence: numberOf(row.fence) },
    isCollectHeld: isOpen && numberOf(row.collectFence) === fence,
    snapshot:
      row.snapshotId === null
        ? undefined
        : {
            id: Number(row.snapshotId),
            upstream,
            fence: Number(row.snapshotFence),
            sha256,
            adapterVersion,
            fetchedAt,
          },
    stagedPayload: row.stagedPayload ?? undefined,
    around: { valueHolds, sliceHold, overrides, missing, models },
  }
}

function numberOf(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}
