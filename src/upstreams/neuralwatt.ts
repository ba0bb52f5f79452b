/**
 * Neuralwatt: vLLM's row with all that matters under `metadata`, USD per one million tokens.
 * `pricing_tbd` says that the amounts beside it are not the price yet.
 */
import { z } from 'zod'
import type { PriceUnit } from '../catalog/price.ts'
import type { JsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { objectUnder, objectWithout } from './raw-object.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import { readStatedPrices, tokenPrice, type PriceTable, type ReadPrices } from './stated-prices.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const neuralwatt = {
  id: 'neuralwatt',
  title: 'Neuralwatt',
  docs: 'https://portal.neuralwatt.com/docs',
  url: 'https://api.neuralwatt.com/v1/models',
  key: bearerKey('NEURALWATT_API_KEY', { required: false }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'neuralwatt',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 2,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'neuralwatt'),
  listing,
} satisfies Upstream

const flag = z.boolean().nullish()
const limit = z.int().nonnegative().nullish()

const NeuralwattEntry = z.object({
  max_model_len: limit,
  metadata: z
    .object({
      display_name: z.string().nullish(),
      description: z.string().nullish(),
      deprecated: flag,
      capabilities: z
        .object({ tools: flag, json_mode: flag, vision: flag, reasoning: flag, streaming: flag })
        .nullish(),
      limits: z.object({ max_context_length: limit, max_output_tokens: limit }).nullish(),
      pricing: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
})

function listing({ raw }: Entry): ListingDraft {
  const { max_model_len: window, metadata: stated } = NeuralwattEntry.parse(raw)
  const metadata = objectUnder(raw, 'metadata')
  const { prices, rest } = readPricing(objectUnder(metadata, 'pricing'))
  const read = {
    display_name: stated?.display_name || undefined,
    description: stated?.description || undefined,
  }
  return {
    fields: knownFields({
      name: read.display_name,
      description: read.description,
      stage: stated?.deprecated === true ? 'deprecated' : undefined,
      contextWindow: knownLimit(window) ?? knownLimit(stated?.limits?.max_context_length),
      maxOutputTokens: knownLimit(stated?.limits?.max_output_tokens),
      functionCalling: stated?.capabilities?.tools,
      jsonMode: stated?.capabilities?.json_mode,
      vision: stated?.capabilities?.vision,
      reasoning: stated?.capabilities?.reasoning,
      streaming: stated?.capabilities?.streaming,
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

const unit: PriceUnit = 'usdPerMillionTokens'
const priceTable: PriceTable = {
  input_per_million: tokenPrice(unit, 'input'),
  output_per_million: tokenPrice(unit, 'output'),
  cached_input_per_million: tokenPrice(unit, 'cache_read'),
}

/** Another currency than the dollar has not been documented: its amounts stay as stated. */
function readPricing(pricing: JsonObject): ReadPrices {
  const { currency = 'USD', pricing_tbd: isOpen = false } = pricing
  if (currency !== 'USD' || isOpen !== false) return { prices: { components: [] }, rest: pricing }
  return readStatedPrices(objectWithout(pricing, ['currency', 'pricing_tbd']), priceTable)
}
