/** The end of a collect's own work: slices go to the queue, or the run ends since there is nothing to do. */
import { readDatabaseClock } from '../catalog/database.ts'
import { readDueListings } from '../catalog/listings.ts'
import { prepareSlices } from '../catalog/slices.ts'
import { stageSlices } from '../catalog/staged-slices.ts'
import { endRun, recordProgress } from '../history/end-runs.ts'
import { withdrawSliceHolds } from '../history/holds.ts'
import { openSliceRuns } from '../history/open-runs.ts'
import type { Snapshot } from '../history/snapshots.ts'
import { forgetAppliedBody, recordAppliedBody } from '../history/upstream-state.ts'
import { provesAbsence } from '../upstreams/configured-upstream.ts'
import type { Collect } from './collect.ts'
import type { FetchedPayload, NotModified } from './fetch-snapshot.ts'
import { describeFetch, recordSuccess } from './record-attempt.ts'
import { recordCollectEnd } from './record-metrics.ts'
import type { SliceJob } from './refresh-provider.ts'
import type { Selection } from './select-slices.ts'

/** Hands the slices of a run to the queue; the run closes when the last of them has ended. */
export type EnqueueSlices = (
  run: { runId: number; attempt: number; fence: number },
  slices: SliceJob[],
) => Promise<void>

/** Nothing new in the payload; but listings whose grace is over go now. */
export async function endUnchanged(
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

/** Changed slices, and those in which the grace of a listing is over. */
export async function handOn(
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
