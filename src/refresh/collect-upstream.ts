/**
 * One upstream: ask, archive, read, and hand on what changed. THE PAGE of the first half of the way of
 * the data (ARCHITECTURE.md); refresh-provider.ts is the second.
 */
import { readDatabaseClock } from '../catalog/database.ts'
import { readDueListings, readUnsettledProviders } from '../catalog/listings.ts'
import { prepareSlices, readAppliedSlices } from '../catalog/slices.ts'
import { stageSlices } from '../catalog/staged-slices.ts'
import { PlumblineError, toPlumblineError, type ErrorCode } from '../errors.ts'
import { withdrawSliceHolds } from '../history/holds.ts'
import { recordRejects } from '../history/rejects.ts'
import { type RefreshRun, type Trigger } from '../history/runs.ts'
import { claimRun, openSliceRuns } from '../history/open-runs.ts'
import { endRun, recordFailure, recordProgress } from '../history/end-runs.ts'
import { storeSnapshot, type Snapshot } from '../history/snapshots.ts'
import {
  forgetAppliedBody,
  passCircuit,
  readUpstreamState,
  recordAppliedBody,
  recordRequests,
  recordUpstreamFailure,
  recordUpstreamSuccess,
  type UpstreamState,
} from '../history/upstream-state.ts'
import {
  provesAbsence,
  requireUpstream,
  type ConfiguredUpstream,
} from '../upstreams/configured-upstream.ts'
import { fetchSnapshot, type FetchedPayload, type NotModified } from './fetch-snapshot.ts'
import { noteSchemaDrift } from './note-schema-drift.ts'
import { Phases } from './phases.ts'
import { recordBenchmarks } from './record-benchmarks.ts'
import { readSnapshotSlices } from './read-snapshot.ts'
import { recordCollectEnd, recordEntries, recordPhases } from './record-metrics.ts'
import type { RefreshContext } from './refresh-context.ts'
import type { SliceJob } from './refresh-provider.ts'
import { selectSlices, type Selection } from './select-slices.ts'
import type { ReadSnapshot } from './slice-collector.ts'

export interface CollectJob {
  upstream: string
  jobId: string
  trigger: Trigger
  /** No attempt follows: a failure closes the run. */
  isLastAttempt: boolean
}

/** Hands the slices of a run to the queue; the run closes when the last of them has ended. */
export type EnqueueSlices = (
  run: { runId: number; attempt: number; fence: number },
  slices: SliceJob[],
) => Promise<void>

/** Throws PlumblineError after it was recorded. */
export async function collectUpstream(
  context: RefreshContext,
  job: CollectJob,
  enqueueSlices: EnqueueSlices,
  signal?: AbortSignal,
): Promise<void> {
  const upstream = requireUpstream(context.upstreams, job.upstream)
  const { run, fence } = await claimRun(context.db, job.upstream, job.jobId, job.trigger)
  const collect: Collect = { context, upstream, run, fence, phases: new Phases(), signal }
  try {
    await passCircuit(context.db, job.upstream)
    const state = await readUpstreamState(context.db, job.upstream)
    const fetched = await fetchFrom(collect, state)
    if (isUnchanged(collect, state, fetched))
      return await endUnchanged(collect, fetched, enqueueSlices)
    const snapshot = await archive(collect, fetched)
    const read = await readSlices(collect, fetched, state)
    await recordSuccess(collect, fetched)
    await recordBenchmarks(context.db, upstream.definition, fetched.pages)
    const selection = await select(collect, read)
    await handOn(collect, fetched, snapshot, selection, enqueueSlices)
  } catch (thrown) {
    throw await recordFailedAttempt(collect, toPlumblineError(thrown), job.isLastAttempt)
  } finally {
    recordPhases(context.metrics, job.upstream, collect.phases)
  }
}

interface Collect {
  context: RefreshContext
  upstream: ConfiguredUpstream
  run: RefreshRun
  /** Drawn before the request is sent: a later answer to an earlier request never wins. */
  fence: number
  phases: Phases
  signal: AbortSignal | undefined
}

async function fetchFrom(
  { context, upstream, run, phases, signal }: Collect,
  state: UpstreamState,
) {
  const { adapterVersion, id } = upstream.definition
  const isWhole = !run.options.force && run.options.provider === undefined
  const conditional =
    isWhole && state.appliedSha256 !== null && state.appliedAdapter === adapterVersion
  const start = performance.now()
  try {
    const plan = { conditional, signal }
    const fetched = await phases.time('fetch', () =>
      fetchSnapshot(context.fetcher, upstream, state, plan),
    )
    await recordRequests(context.db, id, fetched.requests, fetched.latencyMs)
    return fetched
  } catch (error) {
    // A request that failed was made as well: the share of successes is of all of them.
    await recordRequests(context.db, id, 1, performance.now() - start)
    throw error
  }
}

function isUnchanged(
  { upstream, run }: Collect,
  state: UpstreamState,
  fetched: FetchedPayload | NotModified,
): fetched is NotModified {
  if (fetched.kind === 'not_modified') return true
  if (run.options.force || run.options.provider !== undefined) return false
  return (
    state.appliedSha256 === fetched.sha256 &&
    state.appliedAdapter === upstream.definition.adapterVersion
  )
}

/** Nothing new in the payload; but listings whose grace is over go now. */
async function endUnchanged(
  collect: Collect,
  fetched: FetchedPayload | NotModified,
  enqueueSlices: EnqueueSlices,
): Promise<void> {
  const { context, run } = collect
  await recordSuccess(collect, fetched)
  const due = sliceJobs(collect, null, await dueProviders(collect))
  if (due.length > 0) return handOver(collect, fetched, due, enqueueSlices)
  await endRun(context.db, run, { status: 'unchanged', ...describeFetch(collect, fetched) })
  recordCollectEnd(context, run, 'unchanged')
}

async function archive(
  { context, run, fence, upstream, phases }: Collect,
  fetched: FetchedPayload,
): Promise<Snapshot> {
  const { sha256, bytes, pages, etag, lastModified } = fetched
  const { id, adapterVersion } = upstream.definition
  return phases.time('store', () =>
    storeSnapshot(context.db, {
      upstream: id,
      runId: run.id,
      fence,
      sha256,
      bytes,
      etag,
      lastModified,
      adapterVersion,
      pages,
      fetchedAt: context.clock?.(),
    }),
  )
}

async function readSlices(
  collect: Collect,
  { pages, offline }: FetchedPayload,
  state: UpstreamState,
): Promise<ReadSnapshot> {
  const { context, run, upstream, phases, signal } = collect
  const { memos } = context
  const { id } = upstream.definition
  const read = await phases.time('parse', () => readSnapshotSlices(upstream, pages, memos.get(id)))
  memos.set(id, read.memo)
  // What was packed with the software says nothing of what the upstream states today.
  if (!offline) await noteSchemaDrift(context, state, upstream.definition, read)
  signal?.throwIfAborted()
  await recordRejects(context.db, run.id, id, read.rejects)
  recordEntries(context.metrics, upstream.definition.id, read)
  await recordProgress(context.db, run, { entries: read.entries, rejected: read.rejects.length })
  if (read.entries === 0 && state.successCount === 0)
    throw new PlumblineError(
      'payload_empty',
      `${upstream.definition.id} answered with an empty list.`,
      {
        retryable: true,
        nextStep: `Look at ${upstream.url}: is it the right address?`,
      },
    )
  return read
}

async function select(collect: Collect, snapshot: ReadSnapshot): Promise<Selection> {
  const { context, run, upstream, phases } = collect
  const { definition } = upstream
  return phases.time('diff', async () => {
    const applied = await readAppliedSlices(context.db, definition.id)
    const always = run.options.force
      ? await readUnsettledProviders(context.db, definition.id)
      : new Set<string>()
    return selectSlices({
      definition,
      snapshot,
      applied,
      provesAbsence: provesAbsence(definition, run.options),
      provider: run.options.provider,
      always,
    })
  })
}

async function handOn(
  collect: Collect,
  fetched: FetchedPayload,
  snapshot: Snapshot,
  selection: Selection,
  enqueueSlices: EnqueueSlices,
): Promise<void> {
  const { context, run, upstream, phases } = collect
  const { changed, settled, unchangedListings } = selection
  await withdrawSliceHolds(context.db, upstream.definition.id, settled, collect.fence)
  await phases.time('stage', () => stageSlices(context.db, snapshot.id, changed))
  const staged = new Set(changed.map(({ provider }) => provider))
  const due = (await dueProviders(collect)).filter((provider) => !staged.has(provider))
  const jobs = [...sliceJobs(collect, snapshot.id, [...staged]), ...sliceJobs(collect, null, due)]
  await recordProgress(context.db, run, {
    snapshotId: snapshot.id,
    unchanged: unchangedListings,
  })
  if (jobs.length > 0) return handOver(collect, fetched, jobs, enqueueSlices)
  if (run.options.provider === undefined)
    await recordAppliedBody(context.db, upstream.definition.id, {
      ...snapshot,
      ...fetched,
      fence: collect.fence,
      runId: run.id,
    })
  await endRun(context.db, run, { status: 'unchanged', ...describeFetch(collect, fetched) })
  recordCollectEnd(context, run, 'unchanged')
}

async function handOver(
  collect: Collect,
  fetched: FetchedPayload | NotModified,
  jobs: SliceJob[],
  enqueueSlices: EnqueueSlices,
): Promise<void> {
  const { context, run, signal, phases } = collect
  signal?.throwIfAborted()
  const upstream = collect.upstream.definition.id
  // Until all of the new body is in the catalog there is no body that a 304 or the same bytes could
  // stand for: the old one may come back while a part of the new one is applied.
  await forgetAppliedBody(context.db, upstream)
  await prepareSlices(
    context.db,
    upstream,
    jobs.map(({ provider }) => provider),
  )
  await openSliceRuns(
    context.db,
    jobs.map((job) => ({ ...job, parentId: run.id })),
  )
  await recordProgress(context.db, run, {
    slices: jobs.length,
    ...describeFetch(collect, fetched),
  })
  await phases.time('enqueue', () =>
    enqueueSlices({ runId: run.id, attempt: run.attempt, fence: collect.fence }, jobs),
  )
}

function sliceJobs(
  { run, upstream, fence }: Collect,
  snapshotId: number | null,
  providers: string[],
): SliceJob[] {
  return providers.map((provider) => ({
    runId: run.id,
    upstream: upstream.definition.id,
    provider,
    snapshotId,
    fence,
  }))
}

/** Providers with listings whose grace is over, where the list proves absence at all. */
async function dueProviders({ context, run, upstream }: Collect): Promise<string[]> {
  if (!provesAbsence(upstream.definition, run.options)) return []
  const now = context.clock?.() ?? (await readDatabaseClock(context.db))
  const due = await readDueListings(context.db, upstream.definition.id, now, run.options.provider)
  return [...new Set(due.map(({ provider }) => provider))]
}

function describeFetch({ phases }: Collect, fetched: FetchedPayload | NotModified) {
  const offline = fetched.kind === 'payload' ? fetched.offline : undefined
  return {
    ...(fetched.httpStatus === undefined ? {} : { httpStatus: fetched.httpStatus }),
    ...(fetched.kind === 'payload' ? { bytes: fetched.bytes } : {}),
    ...(offline ? { note: `${offline.error.message} Applied instead: ${offline.source}.` } : {}),
    phases: phases.toRecord(),
  }
}

/** What was packed with the software is no sign of life of the upstream. */
async function recordSuccess(
  { context, upstream }: Collect,
  fetched: FetchedPayload | NotModified,
): Promise<void> {
  const { id } = upstream.definition
  if (fetched.kind === 'payload' && fetched.offline) {
    await recordUpstreamFailure(context.db, id, fetched.offline.error, context.circuit)
    return
  }
  await recordUpstreamSuccess(context.db, id, context.circuit)
}

/** What went wrong on our side must not open the circuit of an upstream. */
const notItsFault: ReadonlySet<ErrorCode> = new Set([
  'circuit_open',
  'cancelled',
  'superseded',
  'redis_unavailable',
  'database_unavailable',
])

async function recordFailedAttempt(
  { context, run, upstream, phases }: Collect,
  error: PlumblineError,
  isLastAttempt: boolean,
): Promise<PlumblineError> {
  const { id } = upstream.definition
  // Who cancels hands the job to somebody else: the run goes on there.
  const isFinal = error.code !== 'cancelled' && (isLastAttempt || !error.retryable)
  context.metrics.errors.inc({ code: error.code })
  if (!notItsFault.has(error.code))
    await recordUpstreamFailure(context.db, id, error, context.circuit)
  await recordProgress(context.db, run, { phases: phases.toRecord() })
  await recordFailure(context.db, run, error, isFinal)
  if (isFinal) recordCollectEnd(context, run, 'failed', error)
  return error
}
