/**
 * One provider's slice: compare with what is stored, decide what is believed, and commit everything in
 * one transaction. THE PAGE of the second half of the way of the data (ARCHITECTURE.md).
 */
import { inTransaction, readDatabaseClock, type Tx } from '../catalog/database.ts'
import { commitProviderFacts } from '../catalog/providers.ts'
import {
  lockSlice,
  readStagedSlice,
  readSurroundings,
  recordAppliedSlice,
  recordFence,
  type LockedSlice,
  type StagedRefresh,
} from '../catalog/slices.ts'
import { recordVersion } from '../catalog/versions.ts'
import { openHold, supersedeSliceHold } from '../history/holds.ts'
import { endRun, readSliceRun, type Outcome, type RefreshRun } from '../history/runs.ts'
import { rankOf } from '../upstreams/configured-upstream.ts'
import {
  applySlice,
  nothingApplied,
  retireDueListings,
  type Applied,
  type ApplyInput,
} from './apply-slice.ts'
import { Phases } from './phases.ts'
import { planSlice } from './plan-slice.ts'
import type { SliceHold } from './plausibility.ts'
import { recordPhases, recordSliceEnd } from './record-metrics.ts'
import type { RefreshContext } from './refresh-context.ts'

/** Ids only: what a job carries. */
export interface SliceJob {
  runId: number
  upstream: string
  provider: string
  /** Null: nothing was staged, only listings whose grace is over are retired. */
  snapshotId: number | null
  fence: number
}

/** Throws PlumblineError; a superseded slice is an outcome, not an error. */
export async function refreshProvider(
  context: RefreshContext,
  job: SliceJob,
  signal?: AbortSignal,
): Promise<Outcome> {
  const { db, metrics } = context
  const phases = new Phases()
  signal?.throwIfAborted()
  const result = await phases.time('apply', () =>
    inTransaction(db, (tx) => commitSlice(context, tx, job)),
  )
  if (result.applied.changes.length > 0) context.announce()
  recordSliceEnd(metrics, job, result.outcome, result.applied.changes)
  recordPhases(metrics, job.upstream, phases)
  return result.outcome
}

interface SliceResult {
  outcome: Outcome
  applied: Applied
}

async function commitSlice(context: RefreshContext, tx: Tx, job: SliceJob): Promise<SliceResult> {
  const locked = await lockSlice(tx, job)
  const run = await readSliceRun(tx, job.runId, job.provider)
  if (locked.appliedFence > job.fence) return endSuperseded(tx, run)
  // A job that was delivered again after its commit: what it did is in the history.
  if (run.status !== 'queued' && run.status !== 'running')
    return { outcome: run.status, applied: nothingApplied() }
  const staged =
    job.snapshotId === null ? undefined : await readStagedSlice(tx, job.snapshotId, job.provider)
  const input = await applyInput(context, tx, job, run, locked, staged)
  return staged ? commitStaged(context, tx, input, run, locked, staged) : retireOnly(tx, input, run)
}

async function commitStaged(
  context: RefreshContext,
  tx: Tx,
  input: ApplyInput,
  run: RefreshRun,
  locked: LockedSlice,
  staged: StagedRefresh,
): Promise<SliceResult> {
  const { header } = staged
  const chunk = (index: number) => staged.chunk(tx, index)
  const source = { ...input, header, chunk, previousListings: locked.listingCount }
  const plan = await planSlice(tx, source, { guarded: isGuarded(run) })
  if (plan.hold) return holdSlice(tx, input, staged, run, plan.hold)
  const applied = await applySlice(tx, input, plan)
  const hasNewFacts = await commitProviderFacts(
    tx,
    input,
    header.facts,
    locked.facts,
    rankOf(context.upstreams),
  )
  if (input.around.sliceHold) await supersedeSliceHold(tx, input)
  await recordAppliedSlice(tx, input, {
    ...input,
    hash: header.hash,
    adapterVersion: staged.adapterVersion,
  })
  return endApplied(tx, input, run, applied, hasNewFacts)
}

async function applyInput(
  { policy, upstreams, clock }: RefreshContext,
  tx: Tx,
  job: SliceJob,
  run: RefreshRun,
  { commitId }: LockedSlice,
  staged: StagedRefresh | undefined,
): Promise<ApplyInput> {
  const { upstream, provider, fence, snapshotId } = job
  const isComplete = upstreams.get(upstream)?.definition.complete ?? false
  const grace = run.options.force ? 'retired' : 'missing'
  return {
    upstream,
    provider,
    fence,
    commitId,
    snapshotId,
    policy,
    runId: run.id,
    at: staged?.fetchedAt ?? clock?.() ?? (await readDatabaseClock(tx)),
    around: await readSurroundings(tx, job),
    absence: isComplete ? grace : 'ignored',
  }
}

/** Force takes the upstream at its word; an approval is an operator's word for this very slice. */
function isGuarded(run: RefreshRun): boolean {
  return !run.options.force && run.trigger !== 'approval'
}

async function holdSlice(
  tx: Tx,
  input: ApplyInput,
  { header }: StagedRefresh,
  run: RefreshRun,
  hold: SliceHold,
): Promise<SliceResult> {
  const nothing = { modelId: null, field: null, from: null, to: null }
  await openHold(tx, { ...nothing, ...input, ...hold, kind: 'slice', contentHash: header.hash })
  await endRun(tx, run.id, { status: 'held', entries: header.entries, held: 1 })
  return { outcome: 'held', applied: nothingApplied() }
}

async function retireOnly(tx: Tx, input: ApplyInput, run: RefreshRun): Promise<SliceResult> {
  const applied = nothingApplied()
  await retireDueListings(tx, input, applied)
  await recordFence(tx, input, input.fence)
  return endApplied(tx, input, run, applied, false)
}

async function endSuperseded(tx: Tx, run: RefreshRun): Promise<SliceResult> {
  await endRun(tx, run.id, { status: 'superseded' })
  return { outcome: 'superseded', applied: nothingApplied() }
}

/** Nothing may follow `recordVersion`: from then on every other commit waits for this one. */
async function endApplied(
  tx: Tx,
  input: ApplyInput,
  run: RefreshRun,
  applied: Applied,
  hasNewFacts: boolean,
): Promise<SliceResult> {
  const { lists, changes: _changes, ...counts } = applied
  const hasChanged =
    hasNewFacts || lists.added.length + lists.updated.length + lists.removed.length > 0
  const isApplied =
    hasChanged || counts.added + counts.updated + counts.removed + counts.missing > 0
  const outcome = isApplied ? 'applied' : 'unchanged'
  await endRun(tx, run.id, {
    status: outcome,
    ...counts,
    ...(hasChanged ? { commitId: input.commitId } : {}),
  })
  if (hasChanged) await recordVersion(tx, input, lists)
  return { outcome, applied }
}
