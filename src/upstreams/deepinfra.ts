/**
 * DeepInfra. The default is the list of its OpenAI-compatible API: seen recorded, all kinds of models,
 * plain USD per one million tokens. `https://api.deepinfra.com/models/list` is read as well where the URL
 * is set to it (deepinfra-native.ts): it adds dates of deprecation and the prices of cache writes, but
 * only in documents, as multipliers, a discount and prose.
 */
import { z } from 'zod'
import type { PriceUnit } from '../catalog/price.ts'
import type { Json } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { isNativeRow, nativeListing } from './deepinfra-native.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { payloadList, statedId } from './payload-list.ts'
import { objectUnder } from './raw-object.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import { optionalPrice, readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'
import type { Entry, Item, ListingDraft, ParsedPage, Upstream } from './upstream.ts'

export const deepinfra = {
  id: 'deepinfra',
  title: 'DeepInfra',
  docs: 'https://deepinfra.com/docs/openai_api',
  url: 'https://api.deepinfra.com/v1/openai/models',
  key: bearerKey('DEEPINFRA_API_KEY', { required: false }),
  adapterVersion: 3,
  schedule: '1h',
  provider: 'deepinfra',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 30,
  maxBytes: 16 * 2 ** 20,
  verified: true,
  entries,
  listing,
} satisfies Upstream

function* entries(page: ParsedPage): Generator<Item> {
  for (const raw of payloadList(page, 'data')) {
    const modelId = statedId(raw, isNativeRow(raw) ? 'model_name' : 'id')
    yield { kind: 'entry', provider: 'deepinfra', modelId, raw }
  }
}

const DeepinfraEntry = z.object({
  metadata: z
    .object({
      description: z.string().nullish(),
      context_length: z.int().nonnegative().nullish(),
      tags: z.array(z.string()).nullish(),
      pricing: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
})

const unit: PriceUnit = 'usdPerMillionTokens'
const priceTable: PriceTable = {
  input_tokens: tokenPrice(unit, 'input'),
  output_tokens: tokenPrice(unit, 'output'),
  cache_read_tokens: optionalPrice(unit, { meter: 'cache_read' }),
}

function listing({ raw }: Entry): ListingDraft {
  return isNativeRow(raw) ? nativeListing(raw) : openaiRowListing(raw)
}

function openaiRowListing(raw: Json): ListingDraft {
  const { metadata: stated } = DeepinfraEntry.parse(raw)
  const metadata = objectUnder(raw, 'metadata')
  const pricing = objectUnder(metadata, 'pricing')
  const { prices, rest } = readStatedPrices(pricing, priceTable)
  const has = (tag: string) => stated?.tags?.includes(tag) || undefined
  const read = {
    description: stated?.description || undefined,
    // `max_tokens` repeats the window: it is no limit of the answer.
    context_length: knownLimit(stated?.context_length),
    tags: stated?.tags,
  }
  return {
    fields: knownFields({
      description: read.description,
      contextWindow: read.context_length,
      tags: read.tags,
      vision: has('vision'),
      reasoning: has('reasoning_effort') ?? has('reasoning'),
      promptCaching: has('prompt_cache'),
    }),
    prices,
    extra: {
      ...restOfRow(raw, {}, ['id', 'metadata']),
      ...restUnder('metadata', {
        ...restOfRow(metadata, read, ['pricing']),
        ...restUnder('pricing', rest),
      }),
    },
  }
}
