/**
 * One upstream: ask, archive, read, and hand on what changed. THE PAGE of the first half of the way of
 * the data (ARCHITECTURE.md); refresh-provider.ts is the second.
 */
import { readUnsettledProviders } from '../catalog/listings.ts'
import { readAppliedSlices } from '../catalog/slices.ts'
import { PlumblineError, toPlumblineError } from '../errors.ts'
import { recordProgress } from '../history/end-runs.ts'
import { claimRun } from '../history/open-runs.ts'
import { recordRejects } from '../history/rejects.ts'
import type { Trigger } from '../history/runs.ts'
import { storeSnapshot, type Snapshot } from '../history/snapshots.ts'
import {
  passCircuit,
  readUpstreamState,
  recordRequests,
  type UpstreamState,
} from '../history/upstream-state.ts'
import { provesAbsence, requireUpstream } from '../upstreams/configured-upstream.ts'
import type { Collect } from './collect.ts'
import { fetchSnapshot, type FetchedPayload, type NotModified } from './fetch-snapshot.ts'
import { endUnchanged, handOn, type EnqueueSlices } from './hand-on-slices.ts'
import { noteSchemaDrift } from './note-schema-drift.ts'
import { Phases } from './phases.ts'
import { readSnapshotSlices } from './read-snapshot.ts'
import { recordFailedAttempt, recordSuccess } from './record-attempt.ts'
import { recordBenchmarks } from './record-benchmarks.ts'
import { recordEntries, recordPhases } from './record-metrics.ts'
import type { RefreshContext } from './refresh-context.ts'
import { selectSlices, type Selection } from './select-slices.ts'
import type { ReadSnapshot } from './slice-collector.ts'

export interface CollectJob {
  upstream: string
  jobId: string
  trigger: Trigger
  /** No attempt follows: a failure closes the run. */
  isLastAttempt: boolean
}

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
