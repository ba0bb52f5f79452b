/** Which slices of a snapshot have to be looked at: those whose content is not what was applied last. */
import type { Slice } from '../catalog/listing.ts'
import { sliceDelta, type AppliedSlice, type SliceDelta } from '../catalog/slice-delta.ts'
import type { Upstream } from '../upstreams/upstream.ts'
import type { ReadSnapshot } from './slice-collector.ts'

export interface Selection {
  changed: SliceDelta[]
  /** Providers whose slice is what was applied, or rejected, last. */
  settled: string[]
  /** Listings of slices that are what was applied last. */
  unchangedListings: number
  rejected: number
}

export interface SelectionInput {
  definition: Pick<Upstream, 'adapterVersion' | 'minimumEntries'>
  snapshot: ReadSnapshot
  applied: readonly AppliedSlice[]
  /** Whether a provider that is not listed is gone (upstreams/configured-upstream.ts). */
  provesAbsence: boolean
  /** Only this provider's slice. */
  provider: string | undefined
  /** Slices that are looked at although they did not change (a forced run that has listings to retire). */
  always: ReadonlySet<string>
}

export function selectSlices({
  definition,
  snapshot,
  applied,
  provesAbsence,
  provider,
  always,
}: SelectionInput): Selection {
  const belowMinimum = snapshot.entries < definition.minimumEntries
  const appliedByProvider = new Map(applied.map((slice) => [slice.provider, slice]))
  const selection: Selection = {
    changed: [],
    settled: [],
    unchangedListings: 0,
    rejected: snapshot.rejects.length,
  }
  for (const slice of withVanished(snapshot, applied, provesAbsence)) {
    if (provider !== undefined && slice.provider !== provider) continue
    const known = appliedByProvider.get(slice.provider)
    const delta = sliceDelta(slice, known, belowMinimum)
    const isApplied =
      known?.adapterVersion === definition.adapterVersion && known.appliedHash === delta.hash
    const isSettled = isApplied || known?.rejectedHash === delta.hash
    if (isSettled && !always.has(slice.provider)) {
      selection.settled.push(slice.provider)
      selection.unchangedListings += slice.listings.length
    } else if (known || slice.listings.length > 0 || Object.keys(slice.facts).length > 0)
      selection.changed.push(delta)
  }
  return selection
}

/** A provider that is gone from a list that proves absence is an empty slice: the guards decide what to make of it. */
function withVanished(
  snapshot: ReadSnapshot,
  applied: readonly AppliedSlice[],
  provesAbsence: boolean,
): Slice[] {
  const slices = [...snapshot.slices.values()]
  if (!provesAbsence) return slices
  const vanished = applied.filter(
    ({ provider, listingCount }) => listingCount > 0 && !snapshot.slices.has(provider),
  )
  return [...slices, ...vanished.map(({ provider }) => emptySlice(provider))]
}

function emptySlice(provider: string): Slice {
  return { provider, facts: {}, listings: [], rejectedIds: [], entries: 0 }
}
