/**
 * What a slice changes against the listings that are stored. Works on one page of a slice at a time,
 * both sides in the same order of ids, so that a slice of any size fits. Pure.
 */
import type { Listing } from '../catalog/listing.ts'
import type { ListingState } from '../catalog/merge.ts'
import type { PendingListing } from '../catalog/slices.ts'

/** A stored listing without its content. */
export interface ListingIndexRow {
  modelId: string
  hash: string
  state: ListingState
}

export interface ListingDiff {
  /** Not stored, or retired: new to the catalog's readers. */
  added: HashedListing[]
  /** Stored with other content. */
  changed: HashedListing[]
  /** Stored as missing and listed again with the same content. */
  returned: string[]
  /** Present in store, not in the slice, and not rejected either. */
  absent: string[]
  /** Present listings that the slice confirms as they are. */
  unchanged: number
  /** Price components of those. */
  steadyPrices: number
  /** Stored as present, and in the slice only as a rejected entry: kept as they are. */
  kept: number
}

export interface HashedListing {
  listing: Listing
  hash: string
}

export function diffListings(
  stored: readonly ListingIndexRow[],
  listings: readonly PendingListing[],
  rejectedIds: ReadonlySet<string>,
): ListingDiff {
  const storedById = new Map(stored.map((row) => [row.modelId, row]))
  const diff: ListingDiff = {
    added: [],
    changed: [],
    returned: [],
    absent: [],
    unchanged: 0,
    steadyPrices: 0,
    kept: 0,
  }
  for (const { modelId, hash, prices, read } of listings) {
    const before = storedById.get(modelId)
    storedById.delete(modelId)
    if (!before || before.state === 'retired') diff.added.push({ listing: read(), hash })
    else if (before.hash !== hash) diff.changed.push({ listing: read(), hash })
    else if (before.state === 'missing') diff.returned.push(modelId)
    else {
      diff.unchanged++
      diff.steadyPrices += prices
    }
  }
  for (const { modelId, state } of storedById.values()) {
    if (state !== 'present') continue
    if (rejectedIds.has(modelId)) diff.kept++
    else diff.absent.push(modelId)
  }
  return diff
}
