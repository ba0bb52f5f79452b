/** From what a slice changes to the rows that are written for it. Pure. */
import type { Statement } from '../catalog/database.ts'
import { listingHash } from '../catalog/listing.ts'
import {
  listingAbsence,
  listingRetirement,
  listingReturn,
  listingUpsert,
  type ListingWrite,
  type SliceKey,
  type StoredListing,
  type WriteStamp,
} from '../catalog/listings.ts'
import type { ListingState, StatedListing } from '../catalog/merge.ts'
import type { ChunkPlan, PlannedValueHold } from './plan-slice.ts'
import { withholdValues } from './plausibility.ts'

export interface SliceWrites {
  upserted: ListingWrite[]
  /** Ids of listings that are present again, with the content they had. */
  returned: readonly string[]
  /** Ids of listings that are not present any more, and what they are now. */
  gone: readonly string[]
  goneState: Exclude<ListingState, 'present'>
}

/** What absence from a list means: nothing, `missing` with its grace, or gone at once (force). */
export type AbsenceMeaning = 'ignored' | 'missing' | 'retired'

/** Without the values that are held. */
export function sliceWrites(
  { diff, before }: Pick<ChunkPlan, 'diff' | 'before'>,
  heldByModel: ReadonlyMap<string, readonly PlannedValueHold[]>,
  absence: AbsenceMeaning,
): SliceWrites {
  const upserted = [...diff.added]
  for (const write of diff.changed) {
    const { modelId } = write.listing
    const believed = believedWrite(write, before.get(modelId), heldByModel.get(modelId) ?? [])
    if (believed) upserted.push(believed)
  }
  const isGone = absence !== 'ignored'
  return {
    upserted,
    returned: diff.returned,
    gone: isGone ? diff.absent : [],
    goneState: isGone ? absence : 'missing',
  }
}

/** Undefined when nothing but held values had changed. */
function believedWrite(
  write: ListingWrite,
  stored: StoredListing | undefined,
  held: readonly PlannedValueHold[],
): ListingWrite | undefined {
  if (!stored || held.length === 0) return write
  const listing = withholdValues(stored, write.listing, held)
  const hash = listingHash(listing)
  return hash === listingHash(stored) && stored.state === 'present' ? undefined : { listing, hash }
}

/** For `writeTogether`: no listing is in two of them. */
export function listingStatements(
  key: SliceKey,
  { upserted, returned, gone, goneState }: SliceWrites,
  stamp: WriteStamp,
): Record<string, Statement> {
  const goneListings = goneState === 'retired' ? listingRetirement : listingAbsence
  return {
    listings: listingUpsert(key, upserted, stamp),
    returned: listingReturn(key, returned, stamp),
    gone: goneListings(key, gone, stamp),
  }
}

/**
 * The listings of every model that the writes touch, as they are stored afterwards: what is read again
 * from the database would be the same.
 */
export function listingsAfter(
  stored: readonly StatedListing[],
  { upstream }: SliceKey,
  { upserted, returned, gone, goneState }: SliceWrites,
  alsoTouched: readonly string[] = [],
): StatedListing[] {
  const states = new Map<string, ListingState>([
    ...returned.map((id) => [id, 'present'] as const),
    ...gone.map((id) => [id, goneState] as const),
  ])
  const written = upserted.map(({ listing }): StatedListing => ({
    ...listing,
    upstream,
    state: 'present',
  }))
  const writtenIds = new Set(written.map(({ modelId }) => modelId))
  const touched = new Set([...writtenIds, ...states.keys(), ...alsoTouched])
  const kept = stored
    .filter(({ modelId }) => touched.has(modelId))
    .filter((listing) => listing.upstream !== upstream || !writtenIds.has(listing.modelId))
    .map((listing) =>
      listing.upstream === upstream
        ? { ...listing, state: states.get(listing.modelId) ?? listing.state }
        : listing,
    )
  return [...kept, ...written]
}
