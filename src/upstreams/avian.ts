/** Avian: USD per one million tokens. `created` is the day of the answer, whatever the model. */
import { z } from 'zod'
import type { PriceUnit } from '../catalog/price.ts'
import { bearerKey } from './bearer-key.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { objectUnder } from './raw-object.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import { optionalPrice, readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const avian = {
  id: 'avian',
  title: 'Avian',
  docs: 'https://avian.io/docs',
  url: 'https://api.avian.io/v1/models',
  key: bearerKey('AVIAN_API_KEY', { required: false }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'avian',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 1,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'avian'),
  listing,
} satisfies Upstream

const limit = z.int().nonnegative().nullish()

const AvianEntry = z.object({
  display_name: z.string().nullish(),
  context_length: limit,
  max_output: limit,
  reasoning: z.boolean().nullish(),
  pricing: z.record(z.string(), z.unknown()).nullish(),
})

const unit: PriceUnit = 'usdPerMillionTokens'
const priceTable: PriceTable = {
  input_per_million: tokenPrice(unit, 'input'),
  output_per_million: tokenPrice(unit, 'output'),
  cache_read_per_million: optionalPrice(unit, { meter: 'cache_read' }),
}

function listing({ raw }: Entry): ListingDraft {
  const stated = AvianEntry.parse(raw)
  const pricing = objectUnder(raw, 'pricing')
  const { prices, rest } = readStatedPrices(pricing, priceTable)
  const read = {
    display_name: stated.display_name || undefined,
    context_length: knownLimit(stated.context_length),
    max_output: knownLimit(stated.max_output),
    reasoning: stated.reasoning,
  }
  return {
    fields: knownFields({
      name: read.display_name,
      contextWindow: read.context_length,
      maxOutputTokens: read.max_output,
      reasoning: read.reasoning,
    }),
    prices,
    extra: {
      ...restOfRow(raw, read, ['id', 'created', 'pricing']),
      ...restUnder('pricing', rest),
    },
  }
}
