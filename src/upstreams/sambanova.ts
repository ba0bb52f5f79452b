/**
 * SambaNova Cloud: prices as text, USD per token. A model that hears is paid by the hour
 * (`duration_per_hour`); its prices per token are "0" because there are none.
 */
import { z } from 'zod'
import type { PriceUnit } from '../catalog/price.ts'
import { bearerKey } from './bearer-key.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { objectUnder } from './raw-object.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import { optionalPrice, readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const sambanova = {
  id: 'sambanova',
  title: 'SambaNova Cloud',
  docs: 'https://docs.sambanova.ai/cloud/api-reference/endpoints/model-list',
  url: 'https://api.sambanova.ai/v1/models',
  key: bearerKey('SAMBANOVA_API_KEY', { required: false }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'sambanova',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 3,
  maxBytes: 4 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'sambanova'),
  listing,
} satisfies Upstream

const limit = z.int().nonnegative().nullish()

const SambanovaEntry = z.object({
  context_length: limit,
  max_completion_tokens: limit,
  pricing: z.record(z.string(), z.unknown()).nullish(),
})

const unit: PriceUnit = 'usdPerToken'
const byToken: PriceTable = {
  prompt: tokenPrice(unit, 'input'),
  completion: tokenPrice(unit, 'output'),
}
const byHour: PriceTable = {
  duration_per_hour: {
    unit: 'usdPerUnit',
    component: { meter: 'input_audio_time', unit: 'hour' },
  },
  prompt: optionalPrice(unit, { meter: 'input' }),
  completion: optionalPrice(unit, { meter: 'output' }),
}

function listing({ raw }: Entry): ListingDraft {
  const stated = SambanovaEntry.parse(raw)
  const pricing = objectUnder(raw, 'pricing')
  const { prices, rest } = readStatedPrices(
    pricing,
    (pricing['duration_per_hour'] ?? null) === null ? byToken : byHour,
  )
  const read = {
    context_length: knownLimit(stated.context_length),
    max_completion_tokens: knownLimit(stated.max_completion_tokens),
  }
  return {
    fields: knownFields({
      contextWindow: read.context_length,
      maxOutputTokens: read.max_completion_tokens,
    }),
    prices,
    extra: { ...restOfRow(raw, read, ['id', 'pricing']), ...restUnder('pricing', rest) },
  }
}
