/**
 * Friendli's serverless models. `pricing.unit_type` says what is paid: TOKEN is USD per one million tokens;
 * SECOND is time of computing (`response_time`), whose unit nobody documents: it stays as stated.
 */
import { z } from 'zod'
import type { PriceUnit } from '../catalog/price.ts'
import type { JsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { hostAuthority } from './host-authority.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { objectUnder, objectWithout } from './raw-object.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import { dayOfUnixSeconds } from './stated-dates.ts'
import { readStatedPrices, tokenPrice, type PriceTable, type ReadPrices } from './stated-prices.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const friendli = {
  id: 'friendli',
  title: 'Friendli',
  docs: 'https://friendli.ai/docs/openapi/serverless/models',
  url: 'https://api.friendli.ai/serverless/v1/models',
  key: bearerKey('FRIENDLI_TOKEN', { required: false }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'friendli',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 1,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'friendli'),
  listing,
} satisfies Upstream

const flag = z.boolean().nullish()
const limit = z.int().nonnegative().nullish()

const FriendliEntry = z.object({
  name: z.string().nullish(),
  description: z.string().nullish(),
  created: z.number().nullish(),
  context_length: limit,
  max_completion_tokens: limit,
  functionality: z.object({ tool_call: flag, structured_output: flag }).nullish(),
  pricing: z.record(z.string(), z.unknown()).nullish(),
})

function listing({ raw }: Entry): ListingDraft {
  const stated = FriendliEntry.parse(raw)
  const { prices, rest } = readPricing(objectUnder(raw, 'pricing'))
  const read = {
    name: stated.name || undefined,
    description: stated.description || undefined,
    context_length: knownLimit(stated.context_length),
    max_completion_tokens: knownLimit(stated.max_completion_tokens),
  }
  return {
    fields: knownFields({
      name: read.name,
      description: read.description,
      releaseDate: dayOfUnixSeconds(stated.created),
      contextWindow: read.context_length,
      maxOutputTokens: read.max_completion_tokens,
      functionCalling: stated.functionality?.tool_call,
      structuredOutput: stated.functionality?.structured_output,
    }),
    prices,
    extra: { ...restOfRow(raw, read, ['id', 'pricing']), ...restUnder('pricing', rest) },
  }
}

const unit: PriceUnit = 'usdPerMillionTokens'
const priceTable: PriceTable = {
  input: tokenPrice(unit, 'input'),
  output: tokenPrice(unit, 'output'),
}

function readPricing(pricing: JsonObject): ReadPrices {
  if (pricing['unit_type'] !== 'TOKEN') return { prices: { components: [] }, rest: pricing }
  return readStatedPrices(objectWithout(pricing, ['unit_type']), priceTable)
}
