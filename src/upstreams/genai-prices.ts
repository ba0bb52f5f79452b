/**
 * genai-prices: prices of some 40 providers, kept by hand and by script in a public repository. `prices`
 * are numbers, context tiers, or a list of either with a condition (genai-prices-pricing.ts). The URL is
 * that of the second format: the first one, `prices/data.json`, is kept for old clients and lacks what
 * it cannot say (images, cache times to live, whole providers). Both are read. Seen 2025-06 to 2026-08.
 */
import { z } from 'zod'
import type { ProviderFacts } from '../catalog/listing.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { packagedGenaiPrices } from './genai-prices-offline.ts'
import { joinNames, servedId } from './genai-prices-names.ts'
import { readGenaiPrices } from './genai-prices-pricing.ts'
import { canonicalProvider, type CanonicalProvider } from './genai-prices-providers.ts'
import { knownFields, knownLimit, withoutNulls } from './known-fields.ts'
import { payloadList, statedId } from './payload-list.ts'
import { objectWithout } from './raw-object.ts'
import type { Entry, Item, ListingDraft, ParsedPage, Upstream } from './upstream.ts'

export const genaiPrices = {
  id: 'genai-prices',
  title: 'genai-prices',
  docs: 'https://github.com/pydantic/genai-prices',
  url: 'https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json',
  adapterVersion: 3,
  schedule: '6h',
  rank: 3,
  authoritative: 'all',
  complete: true,
  minimumEntries: 100,
  maxBytes: 32 * 2 ** 20,
  verified: true,
  entries,
  listing,
  offline: packagedGenaiPrices,
} satisfies Upstream

function* entries(page: ParsedPage): Generator<Item> {
  const hosts: JsonObject = {}
  for (const raw of payloadList(page, 'providers')) {
    const stated = statedId(raw)
    const canonical = canonicalProvider(stated)
    if (!isJsonObject(raw) || stated === '') {
      yield { kind: 'entry', provider: canonical.provider, modelId: '', raw }
      continue
    }
    if (canonical.host === undefined)
      yield { kind: 'provider', provider: canonical.provider, facts: providerFacts(raw, canonical) }
    else hosts[canonical.host] = objectWithout(raw, ['id', 'models'])
    yield* modelEntries(raw, canonical)
  }
  if (Object.keys(hosts).length > 0)
    yield {
      kind: 'provider',
      provider: 'huggingface',
      facts: { name: 'Hugging Face', extra: { hosts } },
    }
}

function* modelEntries(raw: JsonObject, { provider, host }: CanonicalProvider): Generator<Entry> {
  const models = raw['models']
  if (!Array.isArray(models)) return
  for (const model of joinNames(provider, models)) {
    const id = statedId(model)
    // `model:host` is how Hugging Face's router is told which host to use.
    const modelId =
      host === undefined || id === '' ? servedId(provider, model, models) : `${id}:${host}`
    yield { kind: 'entry', provider, modelId, raw: model }
  }
}

function providerFacts(raw: JsonObject, { provider }: CanonicalProvider): ProviderFacts {
  const { name, id } = raw
  const extra = {
    ...objectWithout(raw, ['id', 'name', 'models']),
    ...(id === provider ? {} : { id: id ?? null }),
  }
  return { ...(typeof name === 'string' && name !== '' ? { name } : {}), extra }
}

const GenaiPricesEntry = z.object({
  name: z.string().nullish(),
  description: z.string().nullish(),
  context_window: z.int().nonnegative().nullish(),
  deprecated: z.boolean().nullish(),
  prices: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).nullish(),
})

const takenKeys = ['name', 'description', 'context_window', 'deprecated', 'prices']

function listing({ raw, modelId }: Entry): ListingDraft {
  const stated = GenaiPricesEntry.parse(raw)
  const entry: Record<string, Json> = isJsonObject(raw) ? raw : {}
  const { prices, rest } = readGenaiPrices(entry['prices'] ?? null)
  return {
    fields: knownFields({
      name: stated.name || undefined,
      description: stated.description || undefined,
      contextWindow: knownLimit(stated.context_window),
      stage: stated.deprecated ? 'deprecated' : undefined,
    }),
    prices,
    extra: withoutNulls({
      ...objectWithout(entry, [...takenKeys, ...(entry['id'] === modelId ? ['id'] : [])]),
      prices: rest,
    }),
  }
}
