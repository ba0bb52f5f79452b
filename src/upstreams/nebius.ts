/**
 * Nebius Token Factory: `?verbose=true` adds prices (text, USD per token), the window and features to
 * what else is a list of ids; only the latter was seen recorded. `created` is when the server started.
 */
import { z } from 'zod'
import { bearerKey } from './bearer-key.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalitiesOfArrow } from './modality-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { objectUnder } from './raw-object.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import { optionalPrice, readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const nebius = {
  id: 'nebius',
  title: 'Nebius Token Factory',
  docs: 'https://docs.tokenfactory.nebius.com/api-reference/models/list-models',
  url: 'https://api.tokenfactory.nebius.com/v1/models?verbose=true',
  key: bearerKey('NEBIUS_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'nebius',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 5,
  maxBytes: 8 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'nebius'),
  listing,
} satisfies Upstream

const NebiusEntry = z.object({
  name: z.string().nullish(),
  description: z.string().nullish(),
  context_length: z.int().nonnegative().nullish(),
  architecture: z.object({ modality: z.string().nullish() }).nullish(),
  supported_features: z.array(z.string()).nullish(),
  pricing: z.record(z.string(), z.unknown()).nullish(),
})

const priceTable: PriceTable = {
  prompt: tokenPrice('usdPerToken', 'input'),
  completion: tokenPrice('usdPerToken', 'output'),
  input_cache_read: optionalPrice('usdPerToken', { meter: 'cache_read' }),
  request: optionalPrice('usdPerUnit', { meter: 'request', unit: 'each' }),
}

/** What stands for a window that is not known, or that is throttled for a while. */
const placeholderWindow = 8000

function listing({ raw }: Entry): ListingDraft {
  const stated = NebiusEntry.parse(raw)
  const pricing = objectUnder(raw, 'pricing')
  const { prices, rest } = readStatedPrices(pricing, priceTable)
  // Fewer features are listed than there are: a word that is missing denies nothing.
  const has = (...words: string[]) =>
    stated.supported_features?.some((feature) => words.includes(feature)) || undefined
  const window = stated.context_length === placeholderWindow ? undefined : stated.context_length
  const read = {
    name: stated.name || undefined,
    description: stated.description || undefined,
    context_length: knownLimit(window),
  }
  return {
    fields: knownFields({
      ...modalitiesOfArrow(stated.architecture?.modality),
      name: read.name,
      description: read.description,
      contextWindow: read.context_length,
      functionCalling: has('tools', 'function-calling'),
      jsonMode: has('json_mode', 'json-mode'),
      structuredOutput: has('structured_outputs', 'structured-outputs'),
      reasoning: has('reasoning'),
    }),
    prices,
    extra: {
      ...restOfRow(raw, read, ['id', 'created', 'pricing']),
      ...restUnder('pricing', rest),
    },
  }
}
