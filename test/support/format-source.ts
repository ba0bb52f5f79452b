/** A catalog in memory, merged from payloads of several upstreams, as the formats get it. */
import { readFileSync } from 'node:fs'
import type { ProviderFacts } from '../../src/catalog/listing.ts'
import { mergeModel, type StatedListing } from '../../src/catalog/merge.ts'
import type { CatalogModel, CatalogProvider } from '../../src/catalog/model.ts'
import type { StoredModel } from '../../src/catalog/models.ts'
import { compareIds } from '../../src/catalog/listing.ts'
import type { FormatSource } from '../../src/http/formats/format.ts'
import { genaiPrices } from '../../src/upstreams/genai-prices.ts'
import { litellm } from '../../src/upstreams/litellm.ts'
import { modelsDev } from '../../src/upstreams/models-dev.ts'
import { openrouter } from '../../src/upstreams/openrouter.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'
import { readPayload } from './catalog-of.ts'
import { hasSharedData, readShared } from './shared-data.ts'

export type Payload = readonly [upstream: Upstream, body: string]

const today = '2026-10-01'

/** The newest recorded lists where they are at hand, else what the tests of the adapters use. */
export function recordedPayloads(): Payload[] {
  if (hasSharedData)
    return [
      [modelsDev, readShared('models-dev/2026-09-04.api.json.gz')],
      [litellm, readShared('upstreams/litellm/series/2026-07-24.model_prices.json.gz')],
      [genaiPrices, readShared('upstreams/genai-prices/2026-08-21.v2.data.json')],
      [openrouter, readShared('upstreams/openrouter/series/2026-08-01.models.json.gz')],
    ]
  const fixture = (id: string) =>
    readFileSync(new URL(`../fixtures/upstreams/${id}.json`, import.meta.url), 'utf8')
  return [litellm, genaiPrices, openrouter].map((upstream) => [upstream, fixture(upstream.id)])
}

export function sourceOf(payloads: readonly Payload[]): FormatSource {
  const ranks = new Map(payloads.map(([{ id, rank }]) => [id, rank]))
  const listings = new Map<string, StatedListing[]>()
  const facts = new Map<string, [upstream: string, ProviderFacts][]>()
  for (const [upstream, body] of payloads)
    for (const slice of readPayload(upstream, body).slices.values()) {
      facts.set(slice.provider, [...(facts.get(slice.provider) ?? []), [upstream.id, slice.facts]])
      for (const listing of slice.listings) {
        const key = JSON.stringify([listing.provider, listing.modelId])
        const stated = { ...listing, upstream: upstream.id, state: 'present' } as const
        listings.set(key, [...(listings.get(key) ?? []), stated])
      }
    }
  const models = [...listings.values()].flatMap((same) => {
    const [first] = same
    if (!first) return []
    const { provider, modelId } = first
    return mergeModel({
      provider,
      modelId,
      listings: same,
      overrides: [],
      operator: undefined,
      authority: (upstream) => ranks.get(upstream) ?? 9,
      autoActivate: true,
      today,
    })
  })
  return sourceWith({
    providers: [...facts].map(([id, stated]) => providerOf(id, stated)),
    models: models.map(stored),
    litellmMap: mapOf(payloads),
  })
}

export function sourceWith(parts: Partial<FormatSource>): FormatSource {
  return {
    version: 7,
    committedAt: new Date('2026-10-01T12:00:00Z'),
    providers: [],
    litellmMap: undefined,
    pricePeriods: [],
    ...parts,
    models: (parts.models ?? []).toSorted(
      (a, b) => compareIds(a.provider, b.provider) || compareIds(a.modelId, b.modelId),
    ),
  }
}

export function stored(model: CatalogModel): StoredModel {
  const at = new Date('2026-09-01T00:00:00Z')
  return {
    ...model,
    hash: 'f'.repeat(32),
    nextChangeOn: null,
    missingSince: null,
    retiredAt: null,
    createdAt: at,
    changedAt: at,
  }
}

function providerOf(id: string, stated: readonly [string, ProviderFacts][]): CatalogProvider {
  // The best upstream comes first.
  const best: ProviderFacts = Object.assign({}, ...stated.toReversed().map(([, facts]) => facts))
  const { name = id, env = [], extra: _extra, ...columns } = best
  const extra = Object.fromEntries(stated.map(([upstream, facts]) => [upstream, facts.extra ?? {}]))
  return { ...columns, id, name, env, extra }
}

function mapOf(payloads: readonly Payload[]): FormatSource['litellmMap'] {
  const text = payloads.find(([{ id }]) => id === 'litellm')?.[1]
  return text === undefined ? undefined : { text, hiddenKeys: new Set() }
}
