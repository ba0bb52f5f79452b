/**
 * One provider's slice: compare with what is stored, decide what is believed, and commit everything in
 * one transaction. THE PAGE of the second half of the way of the data (ARCHITECTURE.md).
 */
import { inTransaction, readDatabaseClock, type Tx } from '../catalog/database.ts'
import { commitProviderFacts } from '../catalog/providers.ts'
import {
  lockSlice,
  readSliceChunk,
  readSliceHeader,
  recordAppliedSlice,
  recordFence,
} from '../catalog/slices.ts'
import { drawCommitId, recordVersion } from '../catalog/versions.ts'
import { PlumblineError } from '../errors.ts'
import { openHold, supersedeSliceHold } from '../history/holds.ts'
import { endRun, openProviderRun, type Outcome, type RefreshRun } from '../history/runs.ts'
import { markSnapshotChanged, readSnapshot, type Snapshot } from '../history/snapshots.ts'
import { recordUpstreamChange } from '../history/upstream-state.ts'
import { rankOf } from '../upstreams/configured-upstream.ts'
import {
  applySlice,
  nothingApplied,
  retireDueListings,
  type Applied,
  type ApplyInput,
} from './apply-slice.ts'
import { Phases } from './phases.ts'
import { planSlice, type SliceSource } from './plan-slice.ts'
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
  const run = await openProviderRun(db, { ...job, parentId: job.runId })
  if (run.status !== 'running') return run.status === 'queued' ? 'cancelled' : run.status
  const snapshot = job.snapshotId === null ? undefined : await readSnapshot(db, job.snapshotId)
  const at = snapshot?.fetchedAt ?? context.clock?.() ?? (await readDatabaseClock(db))
  const phases = new Phases()
  signal?.throwIfAborted()
  const result = await phases.time('apply', () =>
    inTransaction(db, (tx) => commitSlice(context, tx, { job, run, snapshot, at })),
  )
  context.announce()
  recordSliceEnd(metrics, job, result.outcome, result.applied.changes)
  recordPhases(metrics, job.upstream, phases)
  return result.outcome
}

interface SliceResult {
  outcome: Outcome
  applied: Applied
}

interface SliceCommit {
  job: SliceJob
  run: RefreshRun
  snapshot: Snapshot | undefined
  at: Date
}

async function commitSlice(
  context: RefreshContext,
  tx: Tx,
  commit: SliceCommit,
): Promise<SliceResult> {
  const { job, run, snapshot } = commit
  if (!(await lockSliceOrGiveUp(tx, job))) return endSuperseded(tx, run)
  const input = await applyInput(context, tx, commit)
  if (!snapshot) return retireOnly(tx, input, run)
  const source = await stagedSource(tx, job, snapshot)
  const plan = await planSlice(tx, source, { guarded: isGuarded(run) })
  if (plan.hold) return holdSlice(tx, input, source, run, plan.hold)
  const applied = await applySlice(tx, input, plan)
  const hasNewFacts = await commitProviderFacts(
    tx,
    job.provider,
    job.upstream,
    source.header.facts,
    rankOf(context.upstreams),
  )
  await supersedeSliceHold(tx, job)
  await recordAppliedSlice(tx, job, {
    fence: job.fence,
    hash: source.header.hash,
    adapterVersion: snapshot.adapterVersion,
    snapshotId: snapshot.id,
    at: commit.at,
  })
  return endApplied(tx, input, run, applied, hasNewFacts)
}

/** False when a newer refresh was applied. */
async function lockSliceOrGiveUp(tx: Tx, job: SliceJob): Promise<boolean> {
  try {
    await lockSlice(tx, job, job.fence)
    return true
  } catch (error) {
    if (error instanceof PlumblineError && error.code === 'superseded') return false
    throw error
  }
}

async function stagedSource(
  tx: Tx,
  { upstream, provider }: SliceJob,
  { id }: Snapshot,
): Promise<SliceSource> {
  const header = await readSliceHeader(tx, id, provider)
  return { upstream, provider, header, chunk: (index) => readSliceChunk(tx, id, provider, index) }
}

async function applyInput(
  { policy, upstreams }: RefreshContext,
  tx: Tx,
  { job, run, snapshot, at }: SliceCommit,
): Promise<ApplyInput> {
  const isComplete = upstreams.get(job.upstream)?.definition.complete ?? false
  const grace = run.options.force ? 'retired' : 'missing'
  const { upstream, provider, fence } = job
  return {
    upstream,
    provider,
    fence,
    commitId: await drawCommitId(tx),
    at,
    runId: run.id,
    snapshotId: snapshot?.id ?? null,
    policy,
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
  { header }: SliceSource,
  run: RefreshRun,
  hold: { reason: string; message: string },
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
  const status =
    hasChanged || counts.added + counts.updated + counts.removed + counts.missing > 0
      ? 'applied'
      : 'unchanged'
  await endRun(tx, run.id, {
    status,
    ...counts,
    ...(hasChanged ? { commitId: input.commitId } : {}),
  })
  if (hasChanged) {
    if (input.snapshotId !== null) await markSnapshotChanged(tx, input.snapshotId)
    await recordUpstreamChange(tx, input.upstream)
    await recordVersion(tx, input, lists)
  }
  return { outcome: status, applied }
}
