/**
 * Looks at a slice and at what is stored, and says what would happen: the same judgement for a refresh
 * and for a dry run. Reads only; the thinking is in diff.ts and plausibility.ts.
 */
import type { Reader } from '../catalog/database.ts'
import { flattenListing } from '../catalog/flat-record.ts'
import { contentHash } from '../catalog/listing.ts'
import { readListingsOfModels, type SliceKey, type StoredListing } from '../catalog/listings.ts'
import type { StatedListing } from '../catalog/merge.ts'
import type { StagedSlice } from '../catalog/staged-slices.ts'
import { readValueHolds } from '../history/holds.ts'
import { canonicalJson, type Json } from '../json.ts'
import { diffListings, type ListingDiff } from './diff.ts'
import {
  assessSlice,
  assessValues,
  comparePrices,
  type SliceEvidence,
  type SliceHold,
  type ValueHold,
} from './plausibility.ts'

export interface SliceSource extends SliceKey, StagedSlice {
  /** Present listings when the slice was applied last. */
  previousListings: number
  /** Of a runtime (upstreams/upstream.ts): no guard minds what is not listed any more. */
  mayShrink: boolean
  /** Nobody has stated a model of the provider before: there is nothing to read. */
  isNewProvider: boolean
}

export interface ChunkPlan {
  diff: ListingDiff
  /** What every upstream has stated so far of the models that are touched or absent. */
  stored: StoredListing[]
  /** This upstream's of them, by model id. */
  before: Map<string, StoredListing>
}

export interface SlicePlan {
  /** The whole slice is not believed. */
  hold: SliceHold | undefined
  /** Single values that are not believed; the rest is. */
  valueHolds: PlannedValueHold[]
  /** Listings that are what was applied last. */
  unchanged: number
  chunks: number
  chunkPlan: (index: number) => Promise<ChunkPlan>
}

export interface PlannedValueHold extends ValueHold {
  contentHash: string
  /** An operator rejected this very value before: it is kept out without asking again. */
  rejectedBefore: boolean
}

/** `guarded: false` = force or an approval: everything is believed. */
export async function planSlice(
  reader: Reader,
  source: SliceSource,
  { guarded }: { guarded: boolean },
): Promise<SlicePlan> {
  const { chunks } = source
  const unchanged = source.header.unchanged + source.header.kept
  const chunkPlan = onlyChunkOnce(chunks, (index) => planChunk(reader, source, index))
  if (!guarded) return { hold: undefined, valueHolds: [], unchanged, chunks, chunkPlan }
  const { evidence, doubtful } = await gatherEvidence(reader, source, chunks, chunkPlan)
  const hold = assessSlice(evidence)
  const valueHolds = hold ? [] : await settleValueHolds(reader, source, doubtful)
  return { hold, valueHolds, unchanged, chunks, chunkPlan }
}

// Nearly every slice is one chunk: it is read and compared once. A large one is read twice, so that
// it never is in memory as a whole.
function onlyChunkOnce(
  chunks: number,
  plan: (index: number) => Promise<ChunkPlan>,
): (index: number) => Promise<ChunkPlan> {
  if (chunks > 1) return plan
  let only: Promise<ChunkPlan> | undefined
  return (index) => (only ??= plan(index))
}

async function planChunk(reader: Reader, source: SliceSource, index: number): Promise<ChunkPlan> {
  const touched = await source.chunk(index)
  const absent = index === 0 ? source.header.absent : []
  const ids = [...touched.map(({ modelId }) => modelId), ...absent]
  const { provider, upstream, isNewProvider } = source
  const stored = isNewProvider ? [] : await readListingsOfModels(reader, provider, ids)
  const own = stored.filter((listing) => listing.upstream === upstream)
  const before = new Map(own.map((listing) => [listing.modelId, listing]))
  return { diff: diffListings(own, touched, absent), stored, before }
}

async function gatherEvidence(
  reader: Reader,
  source: SliceSource,
  chunks: number,
  chunkPlan: SlicePlan['chunkPlan'],
): Promise<{ evidence: SliceEvidence; doubtful: ValueHold[] }> {
  const { header } = source
  const evidence: SliceEvidence = {
    previousListings: source.previousListings,
    mayShrink: source.mayShrink,
    listings: header.listings + header.kept,
    entries: header.entries,
    rejected: header.entries - header.listings,
    belowMinimum: header.belowMinimum,
    moves: [],
    steadyPrices: header.steadyPrices,
  }
  const doubtful: ValueHold[] = []
  for (let index = 0; index < chunks; index++) {
    const { diff, before } = await chunkPlan(index)
    for (const { listing } of diff.changed) {
      const stored = before.get(listing.modelId)
      if (!stored) continue
      const { moves, steady } = comparePrices(stored, listing)
      evidence.moves.push(...moves)
      evidence.steadyPrices += steady
      doubtful.push(...assessValues(stored, listing))
    }
  }
  return { evidence, doubtful }
}

/** A value that a second upstream states as well is believed. */
async function settleValueHolds(
  reader: Reader,
  { upstream, provider }: SliceKey,
  doubtful: readonly ValueHold[],
): Promise<PlannedValueHold[]> {
  if (doubtful.length === 0) return []
  const rejected = await readValueHolds(reader, provider, 'rejected')
  const rejectedHashes = new Set(
    rejected.filter((hold) => hold.upstream === upstream).map((hold) => hold.contentHash),
  )
  const ids = [...new Set(doubtful.map(({ modelId }) => modelId))]
  const others = (await readListingsOfModels(reader, provider, ids)).filter(
    (listing) => listing.upstream !== upstream,
  )
  return doubtful
    .filter(
      (hold) =>
        !others.some(
          (other) => other.modelId === hold.modelId && states(other, hold.field, hold.to),
        ),
    )
    .map((hold) => {
      const hash = valueHash(hold)
      return { ...hold, contentHash: hash, rejectedBefore: rejectedHashes.has(hash) }
    })
}

/** Whether a listing that is present states this value for the field. */
export function states(listing: StatedListing, field: string, value: Json): boolean {
  const stated = flattenListing(listing).get(field)
  return (
    listing.state === 'present' &&
    stated !== undefined &&
    canonicalJson(stated) === canonicalJson(value)
  )
}

function valueHash({ modelId, field, to }: ValueHold): string {
  return contentHash(canonicalJson([modelId, field, to]))
}
