/**
 * What a slice changes against the listings that are stored. Works on one page of a slice at a time,
 * both sides in the same order of ids, so that a slice of any size fits. Pure.
 */
import { listingHash, type Listing } from '../catalog/listing.ts'
import type { ListingState } from '../catalog/merge.ts'

/** A stored listing without its content. */
export interface ListingIndexRow {
  modelId: string
  hash: string
  state: ListingState
}

export interface HashedListing {
  listing: Listing
  hash: string
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
  unchanged: HashedListing[]
  /** Stored, and in the slice only as a rejected entry: kept as they are. */
  kept: string[]
}

export function diffListings(
  stored: readonly ListingIndexRow[],
  listings: readonly Listing[],
  rejectedIds: ReadonlySet<string>,
): ListingDiff {
  const storedById = new Map(stored.map((row) => [row.modelId, row]))
  const diff: ListingDiff = {
    added: [],
    changed: [],
    returned: [],
    absent: [],
    unchanged: [],
    kept: [],
  }
  for (const listing of listings) {
    const before = storedById.get(listing.modelId)
    const hashed = { listing, hash: listingHash(listing) }
    if (!before || before.state === 'retired') diff.added.push(hashed)
    else if (before.hash !== hashed.hash) diff.changed.push(hashed)
    else if (before.state === 'missing') diff.returned.push(listing.modelId)
    else diff.unchanged.push(hashed)
    storedById.delete(listing.modelId)
  }
  for (const { modelId, state } of storedById.values()) {
    if (rejectedIds.has(modelId)) diff.kept.push(modelId)
    else if (state === 'present') diff.absent.push(modelId)
  }
  return diff
}
