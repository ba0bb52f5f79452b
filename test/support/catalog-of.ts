/** A catalog in memory that knows one payload: for tests of adapters and formats. */
import type { Listing, Slice } from '../../src/catalog/listing.ts'
import { mergeModel } from '../../src/catalog/merge.ts'
import type { CatalogModel, CatalogProvider } from '../../src/catalog/model.ts'
import { parseJson } from '../../src/json.ts'
import { SliceCollector, type ReadSnapshot } from '../../src/refresh/slice-collector.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'

/** A snapshot whose listings are all read. */
export interface ReadPayload extends Omit<ReadSnapshot, 'slices'> {
  slices: Map<string, Omit<Slice, 'listings'> & { listings: Listing[] }>
}

export function readPayload(upstream: Upstream, body: string): ReadPayload {
  const collector = new SliceCollector(upstream)
  for (const item of upstream.entries({
    url: upstream.url,
    json: parseJson(body),
    upstream: upstream.id,
  }))
    collector.add(item)
  const { slices, ...rest } = collector.finish()
  const read = [...slices].map(([provider, slice]) => {
    return [
      provider,
      { ...slice, listings: slice.listings.map((pending) => pending.read()) },
    ] as const
  })
  return { ...rest, slices: new Map(read) }
}

export function catalogOf(
  upstream: Upstream,
  { slices }: Pick<ReadPayload, 'slices'>,
): { providers: CatalogProvider[]; models: CatalogModel[] } {
  const providers = [...slices.values()].map(({ provider, facts }): CatalogProvider => {
    const { extra = {}, name = provider, env = [], ...columns } = facts
    return { ...columns, id: provider, name, env, extra: { [upstream.id]: extra } }
  })
  const models = [...slices.values()].flatMap(({ listings }) =>
    listings.map((listing) =>
      mergeModel({
        provider: listing.provider,
        modelId: listing.modelId,
        listings: [{ ...listing, upstream: upstream.id, state: 'present' }],
        overrides: [],
        operator: undefined,
        authority: () => 0,
        autoActivate: true,
        today: '2026-01-01',
      }),
    ),
  )
  return { providers, models }
}
