/** io.net Intelligence: USD per token, as numbers. Some ids come twice. */
import { z } from 'zod'
import type { PriceUnit } from '../catalog/price.ts'
import { isJsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields, verbatim } from './modality-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { restOfRow } from './rest-of-row.ts'
import { optionalPrice, readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const ioNet = {
  id: 'io-net',
  title: 'io.net Intelligence',
  docs: 'https://docs.io.net/reference/get-started-with-io-intelligence-api',
  url: 'https://api.intelligence.io.solutions/api/v1/models',
  key: bearerKey('IOINTELLIGENCE_API_KEY', { required: false }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'io-net',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 3,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'io-net'),
  listing,
} satisfies Upstream

const flag = z.boolean().nullish()
const limit = z.int().nonnegative().nullish()
const words = z.array(z.string()).nullish()

const IoNetEntry = z.object({
  name: z.string().nullish(),
  context_window: limit,
  max_model_len: limit,
  max_tokens: limit,
  supports_reasoning: flag,
  supports_prompt_cache: flag,
  input_modalities: words,
  output_modalities: words,
})

const unit: PriceUnit = 'usdPerToken'
const priceTable: PriceTable = {
  input_token_price: tokenPrice(unit, 'input'),
  output_token_price: tokenPrice(unit, 'output'),
  cache_read_token_price: optionalPrice(unit, { meter: 'cache_read' }),
  cache_write_token_price: optionalPrice(unit, { meter: 'cache_write' }),
}

function listing({ raw }: Entry): ListingDraft {
  const stated = IoNetEntry.parse(raw)
  const { prices, rest } = readStatedPrices(isJsonObject(raw) ? raw : {}, priceTable)
  const byModality = modalityFields(stated.input_modalities, stated.output_modalities)
  const read = {
    name: stated.name || undefined,
    context_window: knownLimit(stated.context_window),
    max_tokens: knownLimit(stated.max_tokens),
    supports_reasoning: stated.supports_reasoning,
    supports_prompt_cache: stated.supports_prompt_cache,
    input_modalities: verbatim(stated.input_modalities, byModality.inputModalities),
    output_modalities: verbatim(stated.output_modalities, byModality.outputModalities),
  }
  return {
    fields: knownFields({
      ...byModality,
      name: read.name,
      contextWindow: read.context_window ?? knownLimit(stated.max_model_len),
      maxOutputTokens: read.max_tokens,
      reasoning: read.supports_reasoning,
      promptCaching: read.supports_prompt_cache,
    }),
    prices,
    extra: restOfRow(rest, read, ['id']),
  }
}
