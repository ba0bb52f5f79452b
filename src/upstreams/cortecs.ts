/**
 * Cortecs: a European router. `pricing` is the cheapest host's, per one million tokens, in the currency
 * that it names, euros by default. `?currency=USD` would convert it at the day's rate, and every day would
 * bring other prices; so it is not asked for. An amount without a currency is not taken.
 */
import { z } from 'zod'
import type { PriceUnit } from '../catalog/price.ts'
import type { JsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields, verbatim } from './modality-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { objectUnder, objectWithout } from './raw-object.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import {
  optionalPrice,
  readStatedPrices,
  tokenPrice,
  type PriceTable,
  type ReadPrices,
} from './stated-prices.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const cortecs = {
  id: 'cortecs',
  title: 'Cortecs',
  docs: 'https://docs.cortecs.ai/api-overview',
  url: 'https://api.cortecs.ai/v1/models',
  key: bearerKey('CORTECS_API_KEY', { required: false }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'cortecs',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 15,
  maxBytes: 8 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'cortecs'),
  listing,
} satisfies Upstream

const limit = z.int().nonnegative().nullish()
const words = z.array(z.string()).nullish()

const CortecsEntry = z.object({
  description: z.string().nullish(),
  context_size: limit,
  max_output_tokens: limit,
  input_modalities: words,
  output_modalities: words,
  supported_features: words,
  tags: words,
  pricing: z.record(z.string(), z.unknown()).nullish(),
})

function listing({ raw }: Entry): ListingDraft {
  const stated = CortecsEntry.parse(raw)
  const { prices, rest } = readPricing(objectUnder(raw, 'pricing'))
  const byModality = modalityFields(stated.input_modalities, stated.output_modalities)
  const has = (feature: string) => stated.supported_features?.includes(feature) || undefined
  const read = {
    description: stated.description || undefined,
    context_size: knownLimit(stated.context_size),
    max_output_tokens: knownLimit(stated.max_output_tokens),
    input_modalities: verbatim(stated.input_modalities, byModality.inputModalities),
    output_modalities: verbatim(stated.output_modalities, byModality.outputModalities),
    tags: stated.tags,
  }
  return {
    fields: knownFields({
      ...byModality,
      description: read.description,
      contextWindow: read.context_size,
      maxOutputTokens: read.max_output_tokens,
      functionCalling: has('tools'),
      jsonMode: has('json_mode'),
      reasoning: has('reasoning'),
      tags: read.tags,
    }),
    prices,
    extra: { ...restOfRow(raw, read, ['id', 'pricing']), ...restUnder('pricing', rest) },
  }
}

// The unit of account is the stated currency's.
const unit: PriceUnit = 'usdPerMillionTokens'
const priceTable: PriceTable = {
  input_token: tokenPrice(unit, 'input'),
  output_token: tokenPrice(unit, 'output'),
  cache_read_cost: optionalPrice(unit, { meter: 'cache_read' }),
}

function readPricing(pricing: JsonObject): ReadPrices {
  const { currency } = pricing
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency))
    return { prices: { components: [] }, rest: pricing }
  const { prices, rest } = readStatedPrices(objectWithout(pricing, ['currency']), priceTable)
  return { prices: currency === 'USD' ? prices : { currency, ...prices }, rest }
}
