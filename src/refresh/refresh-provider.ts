/**
 * One provider's slice: compare with what is stored, decide what is believed, and commit everything in
 * one transaction. THE PAGE of the second half of the way of the data (ARCHITECTURE.md).
 */
import { inTransaction, readDatabaseClock, writeTogether, type Tx } from '../catalog/database.ts'
import { providerFactsUpdate } from '../catalog/providers.ts'
import type { SliceKey } from '../catalog/listings.ts'
import {
  appliedSliceUpdate,
  lockSlice,
  readAppliedSlices,
  recordFence,
  type LockedSlice,
} from '../catalog/slices.ts'
import { parseStagedSlice, stagedInMemory, type StagedSlice } from '../catalog/staged-slices.ts'
import type { SliceHeader } from '../catalog/slice-delta.ts'
import { recordVersion } from '../catalog/versions.ts'
import { PlumblineError } from '../errors.ts'
import { openHold, sliceHoldSupersession } from '../history/holds.ts'
import type { Outcome } from '../history/runs.ts'
import { endRun, endRunWithVersion } from '../history/end-runs.ts'
import { readSliceWork, type SliceRun, type SliceWork } from '../history/slice-work.ts'
import { readPages, type Snapshot } from '../history/snapshots.ts'
import { provesAbsence, rankOf, requireUpstream } from '../upstreams/configured-upstream.ts'
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
import { readSnapshotSlices } from './read-snapshot.ts'
import type { RefreshContext } from './refresh-context.ts'
import { selectSlices } from './select-slices.ts'

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
  if (result.outcome !== 'unchanged') context.announce()
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
  const work = await readSliceWork(tx, job)
  const { run, isCollectHeld } = work
  // A later attempt of the same collect has taken the run over: it is not this job's to end.
  if (run.fence !== job.fence) return { outcome: 'superseded', applied: nothingApplied() }
  if (locked.appliedFence > job.fence || !isCollectHeld) return endSuperseded(tx, run)
  // A job that was delivered again after its commit: what it did is in the history.
  if (run.status !== 'queued' && run.status !== 'running')
    return { outcome: run.status, applied: nothingApplied() }
  const input = await applyInput(context, tx, job, work, locked)
  return job.snapshotId === null
    ? retireOnly(tx, input, run)
    : commitStaged(context, tx, input, work, locked)
}

async function commitStaged(
  context: RefreshContext,
  tx: Tx,
  input: ApplyInput,
  work: SliceWork,
  locked: LockedSlice,
): Promise<SliceResult> {
  const { run, around } = work
  const snapshot = requireSnapshot(work, input)
  const { header, hashes, ...staged } = await readSlice(context, tx, input, work, snapshot, locked)
  const previousListings = locked.listedCount
  const source = {
    ...input,
    ...staged,
    header,
    previousListings,
    mayShrink: context.upstreams.get(input.upstream)?.definition.runtime ?? false,
    isNewProvider: !around.models,
  }
  const plan = await planSlice(tx, source, { guarded: isGuarded(run) })
  if (plan.hold) return holdSlice(tx, input, header, run, plan.hold)
  const applied = await applySlice(tx, input, plan)
  const { adapterVersion, id } = snapshot
  const facts = providerFactsUpdate(input, header.facts, locked.facts, rankOf(context.upstreams))
  await writeTogether(tx, {
    facts,
    hold: around.sliceHold ? sliceHoldSupersession(input) : undefined,
    slice: appliedSliceUpdate(input, {
      ...input,
      hash: header.hash,
      listed: header.listings + header.kept,
      hashes,
      unsettledIds: [
        ...plan.valueHolds.map(({ modelId }) => modelId),
        ...passedOver(input, header),
      ],
      adapterVersion,
      snapshotId: id,
    }),
  })
  return endApplied(tx, input, run, applied, facts !== undefined)
}

function requireSnapshot({ snapshot }: SliceWork, { snapshotId }: ApplyInput): Snapshot {
  if (snapshot) return snapshot
  throw new PlumblineError('not_found', `There is no snapshot ${snapshotId}.`)
}

/** Absent models of which that proves nothing yet: force, or a verified adapter, may say more. */
function passedOver({ absence }: ApplyInput, { absent }: SliceHeader): readonly string[] {
  return absence === 'ignored' ? absent : []
}

/**
 * As it was staged, unless another refresh was applied since: then what was staged is the difference to
 * something else, and the slice is read from the archive again.
 */
async function readSlice(
  context: RefreshContext,
  tx: Tx,
  key: SliceKey & Pick<ApplyInput, 'absence'>,
  { stagedPayload: payload }: SliceWork,
  snapshot: Snapshot,
  locked: LockedSlice,
): Promise<StagedSlice & { hashes: string | undefined }> {
  const { provider } = key
  const staged = payload && parseStagedSlice(tx, { snapshotId: snapshot.id, provider, payload })
  if (staged && staged.header.base === locked.appliedHash) return { ...staged, hashes: undefined }
  const upstream = requireUpstream(context.upstreams, key.upstream)
  const read = await readSnapshotSlices(upstream, readPages(tx, snapshot))
  const applied = await readAppliedSlices(tx, key.upstream, key.provider)
  const { definition } = upstream
  const always = new Set([key.provider])
  const { changed } = selectSlices({
    definition,
    snapshot: read,
    applied,
    provesAbsence: key.absence !== 'ignored',
    provider: key.provider,
    always,
  })
  const [delta] = changed
  if (!delta)
    throw new PlumblineError(
      'not_found',
      `Snapshot ${snapshot.id} has no slice of ${key.provider}.`,
    )
  return { ...stagedInMemory(delta), hashes: JSON.stringify(Object.fromEntries(delta.hashes)) }
}

async function applyInput(
  { policy, upstreams, clock }: RefreshContext,
  tx: Tx,
  job: SliceJob,
  { run, snapshot, around }: SliceWork,
  { commitId }: LockedSlice,
): Promise<ApplyInput> {
  const { upstream, provider, fence, snapshotId } = job
  const definition = upstreams.get(upstream)?.definition
  const isGone = definition !== undefined && provesAbsence(definition, run.options)
  const grace = run.options.force ? 'retired' : 'missing'
  return {
    upstream,
    provider,
    fence,
    commitId,
    snapshotId,
    policy,
    runId: run.id,
    at: snapshot?.fetchedAt ?? clock?.() ?? (await readDatabaseClock(tx)),
    around,
    absence: isGone ? grace : 'ignored',
  }
}

/** Force takes the upstream at its word; an approval is an operator's word for this very slice. */
function isGuarded(run: SliceRun): boolean {
  return !run.options.force && run.trigger !== 'approval'
}

async function holdSlice(
  tx: Tx,
  input: ApplyInput,
  header: SliceHeader,
  run: SliceRun,
  hold: SliceHold,
): Promise<SliceResult> {
  const nothing = { modelId: null, field: null, from: null, to: null }
  await openHold(tx, { ...nothing, ...input, ...hold, kind: 'slice', contentHash: header.hash })
  await endRun(tx, run, { status: 'held', entries: header.entries, held: 1 })
  return { outcome: 'held', applied: nothingApplied() }
}

async function retireOnly(tx: Tx, input: ApplyInput, run: SliceRun): Promise<SliceResult> {
  const applied = nothingApplied()
  await retireDueListings(tx, input, applied)
  await recordFence(tx, input, input.fence)
  return endApplied(tx, input, run, applied, false)
}

async function endSuperseded(tx: Tx, run: SliceRun): Promise<SliceResult> {
  await endRun(tx, run, { status: 'superseded' })
  return { outcome: 'superseded', applied: nothingApplied() }
}

/** Nothing may follow `recordVersion`: from then on every other commit waits for this one. */
async function endApplied(
  tx: Tx,
  input: ApplyInput,
  run: SliceRun,
  applied: Applied,
  hasNewFacts: boolean,
): Promise<SliceResult> {
  const { lists, changes: _changes, ...counts } = applied
  const hasChanged =
    hasNewFacts || lists.added.length + lists.updated.length + lists.removed.length > 0
  const isApplied =
    hasChanged || counts.added + counts.updated + counts.removed + counts.missing > 0
  const outcome = isApplied ? 'applied' : 'unchanged'
  const end = { status: outcome, ...counts } as const
  if (hasChanged) {
    const ended = endRunWithVersion(run, { ...end, commitId: input.commitId })
    await recordVersion(tx, input, lists, ended)
  } else await endRun(tx, run, end)
  return { outcome, applied }
}
