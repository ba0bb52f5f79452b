/** What a refresh would do, field by field; writes nothing, anywhere. */
import type { Reader } from '../catalog/database.ts'
import { diffRecords, flattenListing, type FieldChange } from '../catalog/flat-record.ts'
import type { Listing } from '../catalog/listing.ts'
import { readAppliedSlices } from '../catalog/slices.ts'
import { stagedInMemory } from '../catalog/staged-slices.ts'
import type { SliceDelta } from '../catalog/slice-delta.ts'
import { listUpstreamStates } from '../history/upstream-state.ts'
import { provesAbsence, requireUpstream } from '../upstreams/configured-upstream.ts'
import type { Upstream } from '../upstreams/upstream.ts'
import { fetchSnapshot, type KnownBody } from './fetch-snapshot.ts'
import type { SliceHold } from './plausibility.ts'
import { planSlice, type ChunkPlan, type PlannedValueHold } from './plan-slice.ts'
import { readSnapshotSlices } from './read-snapshot.ts'
import type { RefreshContext } from './refresh-context.ts'
import { selectSlices } from './select-slices.ts'
import type { Reject } from './reject.ts'

export interface DryRunSlice {
  provider: string
  hold: SliceHold | undefined
  valueHolds: PlannedValueHold[]
  added: string[]
  updated: { modelId: string; changes: FieldChange[] }[]
  /** Listed again after they were missing. */
  returned: string[]
  absent: string[]
}

export interface DryRun {
  upstream: string
  entries: number
  rejects: Reject[]
  unchangedListings: number
  slices: DryRunSlice[]
  /** Set when the upstream could not be reached and a packed copy was read instead. */
  offlineSource: string | undefined
}

export interface DryRunRequest {
  upstream: string
  provider?: string
  force?: boolean
  signal?: AbortSignal
}

/** Of an upstream that no worker has registered yet. */
const nothingKnown: KnownBody = {
  etag: null,
  lastModified: null,
  successCount: 0,
  appliedSha256: null,
}

/** Throws PlumblineError as a refresh does. Reads the whole body: never a conditional request. */
export async function dryRun(context: RefreshContext, request: DryRunRequest): Promise<DryRun> {
  const upstream = requireUpstream(context.upstreams, request.upstream)
  const states = await listUpstreamStates(context.db)
  const state = states.find(({ id }) => id === request.upstream) ?? nothingKnown
  const fetched = await fetchSnapshot(context.fetcher, upstream, state, {
    conditional: false,
    signal: request.signal,
  })
  const pages = fetched.kind === 'payload' ? fetched.pages : []
  const snapshot = await readSnapshotSlices(upstream, pages)
  const applied = await readAppliedSlices(context.db, request.upstream)
  const { definition } = upstream
  const { changed, unchangedListings } = selectSlices({
    definition,
    snapshot,
    applied,
    provesAbsence: provesAbsence(definition, request),
    provider: request.provider,
    always: new Set(),
  })
  const slices: DryRunSlice[] = []
  for (const delta of changed) {
    const known = applied.find(({ provider }) => provider === delta.provider)
    slices.push(await planned(context.db, request, definition, delta, known?.listedCount ?? 0))
  }
  const offlineSource = fetched.kind === 'payload' ? fetched.offline?.source : undefined
  return {
    upstream: request.upstream,
    entries: snapshot.entries,
    rejects: snapshot.rejects,
    unchangedListings,
    slices,
    offlineSource,
  }
}

async function planned(
  reader: Reader,
  { upstream, force = false }: DryRunRequest,
  definition: Upstream,
  delta: SliceDelta,
  previousListings: number,
): Promise<DryRunSlice> {
  const { provider } = delta
  const source = {
    ...stagedInMemory(delta),
    upstream,
    provider,
    previousListings,
    mayShrink: definition.runtime ?? false,
    isNewProvider: false,
  }
  const plan = await planSlice(reader, source, { guarded: !force })
  const { diff, before } = await plan.chunkPlan(0)
  return {
    provider,
    hold: plan.hold,
    valueHolds: plan.valueHolds,
    added: diff.added.map(({ listing }) => listing.modelId),
    updated: diff.changed.map(({ listing }) => ({
      modelId: listing.modelId,
      changes: changesOf(before, listing),
    })),
    returned: diff.returned,
    absent: provesAbsence(definition, { force }) ? diff.absent : [],
  }
}

function changesOf(before: ChunkPlan['before'], listing: Listing): FieldChange[] {
  const stored = before.get(listing.modelId)
  return stored ? diffRecords(flattenListing(stored), flattenListing(listing)) : []
}
