/** The end of a collect: the last slice has ended, whatever way it ended. */
import { dropStagedSlices } from '../catalog/staged-slices.ts'
import {
  readRun,
  summariseSlices,
  type Outcome,
  type RefreshRun,
  type SliceSummary,
} from '../history/runs.ts'
import { endRun } from '../history/end-runs.ts'
import { markSnapshotChanged, readSnapshotBody } from '../history/snapshots.ts'
import { recordAppliedBody, recordUpstreamChange } from '../history/upstream-state.ts'
import { recordCollectEnd } from './record-metrics.ts'
import type { RefreshContext } from './refresh-context.ts'

/** Does nothing for a run that is closed already. */
export async function closeCollect(
  context: RefreshContext,
  runId: number,
  fence: number,
): Promise<Outcome | undefined> {
  const { db } = context
  const run = await readRun(db, runId)
  if (run?.status !== 'running' || run.fence !== fence) return undefined
  const summary = await summariseSlices(db, runId)
  const status = collectOutcome(run, summary)
  if (run.snapshotId !== null) {
    if (mayBeTakenForApplied(run, summary)) {
      const body = await readSnapshotBody(db, run.snapshotId)
      if (body) await recordAppliedBody(db, run.upstream, { ...body, fence, runId })
    }
    if (summary.applied > 0) await markSnapshotChanged(db, run.snapshotId)
    await dropStagedSlices(db, run.snapshotId)
  }
  const {
    ended: _ended,
    failed,
    applied: _applied,
    heldSlices: _held,
    superseded: _superseded,
    unchanged,
    ...counts
  } = summary
  if (summary.applied > 0) await recordUpstreamChange(db, run.upstream)
  await endRun(db, run, {
    ...counts,
    status,
    unchanged: run.unchanged + unchanged,
    ...failureNote(failed),
  })
  recordCollectEnd(context, { ...run, ...counts }, status)
  return status
}

function collectOutcome({ slices }: RefreshRun, summary: SliceSummary): Outcome {
  const failed = summary.failed + (slices - summary.ended)
  if (failed > 0) return failed === slices ? 'failed' : 'partial'
  if (summary.heldSlices > 0) return 'held'
  if (summary.superseded === slices) return 'superseded'
  return summary.applied > 0 ? 'applied' : 'unchanged'
}

function failureNote(failed: number): { note?: string } {
  return failed > 0
    ? { note: `${failed} provider(s) could not be refreshed; see the slices of this run.` }
    : {}
}

// A conditional request says "I have that body": only true when all of it is in the catalog. Else a
// 304 would freeze a held or half-applied state.
function mayBeTakenForApplied({ options, slices }: RefreshRun, summary: SliceSummary): boolean {
  const isSettled = summary.applied + unchangedSlices(summary) === slices
  return options.provider === undefined && isSettled
}

function unchangedSlices({ ended, failed, applied, heldSlices, superseded }: SliceSummary): number {
  return ended - failed - applied - heldSlices - superseded
}
