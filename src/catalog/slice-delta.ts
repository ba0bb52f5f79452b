/** What a slice changes against the one that was applied last. Pure. */
import { sliceHash, type PendingListing, type ProviderFacts, type Slice } from './listing.ts'

export interface AppliedSlice {
  provider: string
  appliedHash: string | null
  rejectedHash: string | null
  adapterVersion: number
  /** Listings that are present, absent ones that proved nothing included. */
  listingCount: number
  /** Models that it listed itself. */
  listedCount: number
  /** JSON: hash by model id. */
  hashes: string | null
}

/** A slice as what it changes against the one applied last. */
export interface SliceDelta extends SliceHeader {
  provider: string
  /** Listings whose content differs from the slice applied last, sorted by place, then by id. */
  touched: PendingListing[]
  /** Of all listings, by id. */
  hashes: ReadonlyMap<string, string>
}

export interface SliceHeader {
  facts: ProviderFacts
  rejectedIds: string[]
  entries: number
  /** All listings, touched or not. */
  listings: number
  hash: string
  /** Hash of the applied slice that this is the difference to; null = nothing was applied yet. */
  base: string | null
  belowMinimum: boolean
  /** Ids of the applied slice that are neither listed nor rejected now. */
  absent: string[]
  /** Ids of the applied slice that are there only as rejected entries. */
  kept: number
  unchanged: number
  /** Price components of the unchanged listings. */
  steadyPrices: number
}

/** Pure: what a slice changes against the one that was applied last. */
export function sliceDelta(
  slice: Slice,
  applied: AppliedSlice | undefined,
  belowMinimum: boolean,
): SliceDelta {
  const known = new Map(Object.entries(parseHashes(applied?.hashes)))
  const { listings } = slice
  const hashes = new Map(listings.map(({ modelId, hash }) => [modelId, hash]))
  const steady = listings.filter(({ modelId, hash }) => known.get(modelId) === hash)
  const rejected = new Set(slice.rejectedIds)
  const unlisted = [...known.keys()].filter((modelId) => !hashes.has(modelId))
  return {
    provider: slice.provider,
    facts: slice.facts,
    rejectedIds: slice.rejectedIds,
    entries: slice.entries,
    listings: listings.length,
    hash: sliceHash(slice),
    base: applied?.appliedHash ?? null,
    belowMinimum,
    absent: unlisted.filter((modelId) => !rejected.has(modelId)),
    kept: unlisted.filter((modelId) => rejected.has(modelId)).length,
    unchanged: steady.length,
    steadyPrices: steady.reduce((sum, { prices }) => sum + prices, 0),
    touched: listings
      .filter(({ modelId, hash }) => known.get(modelId) !== hash)
      .sort((a, b) => (a.place ?? 0) - (b.place ?? 0)),
    hashes,
  }
}

function parseHashes(hashes: string | null | undefined): Record<string, string> {
  return hashes ? (JSON.parse(hashes) as Record<string, string>) : {}
}
