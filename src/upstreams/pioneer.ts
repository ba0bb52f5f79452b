/**
 * Pioneer: USD per one million tokens, list prices that a routed request may stay below. Its dates of
 * creation are placeholders.
 */
import { z } from 'zod'
import type { PriceUnit } from '../catalog/price.ts'
import { isJsonObject } from '../json.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { payloadList, statedId } from './payload-list.ts'
import { restOfRow } from './rest-of-row.ts'
import { readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'
import type { Entry, Item, ListingDraft, ParsedPage, Upstream } from './upstream.ts'

export const pioneer = {
  id: 'pioneer',
  title: 'Pioneer',
  docs: 'https://agent.pioneer.ai/llms.txt',
  url: 'https://api.pioneer.ai/base-models',
  key: {
    env: 'PIONEER_API_KEY',
    required: false,
    headers: (key) => ({ 'x-api-key': key }),
  },
  adapterVersion: 1,
  schedule: '1h',
  provider: 'pioneer',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 10,
  maxBytes: 8 * 2 ** 20,
  verified: false,
  entries,
  listing,
} satisfies Upstream

function* entries(page: ParsedPage): Generator<Item> {
  for (const raw of payloadList(page, 'models'))
    yield { kind: 'entry', provider: 'pioneer', modelId: statedId(raw), raw }
}

const PioneerEntry = z.object({
  label: z.string().nullish(),
  description: z.string().nullish(),
  context_window: z.int().nonnegative().nullish(),
  is_chat_model: z.boolean().nullish(),
})

const unit: PriceUnit = 'usdPerMillionTokens'
const priceTable: PriceTable = {
  input_price_per_million: tokenPrice(unit, 'input'),
  output_price_per_million: tokenPrice(unit, 'output'),
}

function listing({ raw }: Entry): ListingDraft {
  const stated = PioneerEntry.parse(raw)
  const { prices, rest } = readStatedPrices(isJsonObject(raw) ? raw : {}, priceTable)
  const read = {
    label: stated.label || undefined,
    description: stated.description || undefined,
    context_window: knownLimit(stated.context_window),
  }
  return {
    fields: knownFields({
      name: read.label,
      description: read.description,
      type: stated.is_chat_model === true ? 'chat' : undefined,
      contextWindow: read.context_window,
    }),
    prices,
    extra: restOfRow(rest, read, ['id']),
  }
}
