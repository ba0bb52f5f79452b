/**
 * Novita: integers of 1e-4 USD per one million tokens (14000 = 1.40 USD), seen recorded for input and
 * output; the cache's prices, later than the recording, are documented in the same unit. Tiers
 * (`tiered_billing_configs`) stay as stated.
 */
import { z } from 'zod'
import type { PriceUnit } from '../catalog/price.ts'
import { isJsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { hostAuthority } from './host-authority.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields, verbatim } from './modality-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { restOfRow } from './rest-of-row.ts'
import { dayOfUnixSeconds } from './stated-dates.ts'
import { optionalPrice, readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const novita = {
  id: 'novita',
  title: 'Novita AI',
  docs: 'https://novita.ai/docs/api-reference/model-apis-llm-list-models',
  url: 'https://api.novita.ai/v3/openai/models',
  key: bearerKey('NOVITA_API_KEY', { required: false }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'novita-ai',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 15,
  maxBytes: 8 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'novita-ai'),
  listing,
} satisfies Upstream

const limit = z.int().nonnegative().nullish()
const words = z.array(z.string()).nullish()

const NovitaEntry = z.object({
  created: z.number().nullish(),
  display_name: z.string().nullish(),
  description: z.string().nullish(),
  context_size: limit,
  max_output_tokens: limit,
  model_type: z.string().nullish(),
  features: words,
  input_modalities: words,
  output_modalities: words,
})

const unit: PriceUnit = 'tenThousandthsUsdPerMillionTokens'
const priceTable: PriceTable = {
  input_token_price_per_m: tokenPrice(unit, 'input'),
  output_token_price_per_m: tokenPrice(unit, 'output'),
  cache_read_input_token_price_per_m: optionalPrice(unit, { meter: 'cache_read' }),
  cache_creation_input_token_price_per_m: optionalPrice(unit, { meter: 'cache_write', ttl: '5m' }),
  cache_creation_1_hour_input_token_price_per_m: optionalPrice(unit, {
    meter: 'cache_write',
    ttl: '1h',
  }),
}

function listing({ raw }: Entry): ListingDraft {
  const stated = NovitaEntry.parse(raw)
  const { prices, rest } = readStatedPrices(isJsonObject(raw) ? raw : {}, priceTable)
  const byModality = modalityFields(stated.input_modalities, stated.output_modalities)
  // The list grows with time and names what is there: a word that is missing denies nothing.
  const has = (feature: string) => stated.features?.includes(feature) || undefined
  const read = {
    display_name: stated.display_name || undefined,
    description: stated.description || undefined,
    context_size: knownLimit(stated.context_size),
    max_output_tokens: knownLimit(stated.max_output_tokens),
    model_type: stated.model_type || undefined,
    input_modalities: verbatim(stated.input_modalities, byModality.inputModalities),
    output_modalities: verbatim(stated.output_modalities, byModality.outputModalities),
  }
  return {
    fields: knownFields({
      ...byModality,
      name: read.display_name,
      description: read.description,
      type: read.model_type ?? byModality.type,
      releaseDate: dayOfUnixSeconds(stated.created),
      contextWindow: read.context_size,
      maxOutputTokens: read.max_output_tokens,
      functionCalling: has('function-calling'),
      structuredOutput: has('structured-outputs'),
      reasoning: has('reasoning'),
      vision: has('vision') ?? byModality.vision,
    }),
    prices,
    extra: restOfRow(rest, read, ['id']),
  }
}
