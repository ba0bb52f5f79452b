/**
 * What the touched part of a slice changes against the listings that are stored. Works on one chunk of
 * a slice at a time, so that a slice of any size fits. Pure.
 */
import type { Listing, PendingListing } from '../catalog/listing.ts'
import type { StoredListing } from '../catalog/listings.ts'

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
  /** Stored as present, and not listed any more. */
  absent: string[]
  /** Stored as they are listed. */
  unchanged: number
}

export function diffListings(
  stored: readonly Pick<StoredListing, 'modelId' | 'hash' | 'state'>[],
  touched: readonly PendingListing[],
  absentIds: readonly string[],
): ListingDiff {
  const storedById = new Map(stored.map((row) => [row.modelId, row]))
  const diff: ListingDiff = { added: [], changed: [], returned: [], absent: [], unchanged: 0 }
  for (const { modelId, hash, read } of touched) {
    const before = storedById.get(modelId)
    if (!before || before.state === 'retired') diff.added.push({ listing: read(), hash })
    else if (before.hash !== hash) diff.changed.push({ listing: read(), hash })
    else if (before.state === 'missing') diff.returned.push(modelId)
    else diff.unchanged++
  }
  diff.absent = absentIds.filter((modelId) => storedById.get(modelId)?.state === 'present')
  return diff
}
