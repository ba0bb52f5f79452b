/** The listings of one payload: for tests that look models up. */
import type { Listing } from '../../src/catalog/listing.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'
import { readPayload } from './catalog-of.ts'

/** Provider → model id → listing. */
export function listingsByProvider(
  upstream: Upstream,
  body: string,
): Map<string, Map<string, Listing>> {
  const slices = [...readPayload(upstream, body).slices.values()]
  return new Map(
    slices.map(({ provider, listings }) => [
      provider,
      new Map(listings.map((listing) => [listing.modelId, listing])),
    ]),
  )
}
