/**
 * Cloudflare's AI Gateway: what can be reached through a gateway of one's own, `<provider>/<model>`. Each
 * row has two prices, and what they count depends on whose model it is (seen 2025-12).
 */
import { sortComponents, type PriceUnit } from '../catalog/price.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { openaiEntries } from './openai-list.ts'
import { restOfRow } from './rest-of-row.ts'
import { optionalPrice, readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'
import { RejectedEntry, type Entry, type ListingDraft, type Upstream } from './upstream.ts'

export const cloudflareAiGateway = {
  id: 'cloudflare-ai-gateway',
  title: 'Cloudflare AI Gateway',
  docs: 'https://developers.cloudflare.com/ai-gateway/usage/chat-completion/',
  url: 'https://gateway.ai.cloudflare.com/v1/ACCOUNT_ID/GATEWAY_ID/compat/models',
  key: bearerKey('CLOUDFLARE_API_TOKEN', { required: true }),
  adapterVersion: 1,
  schedule: '24h',
  provider: 'cloudflare-ai-gateway',
  rank: 4,
  authoritative: ['prices'],
  complete: true,
  minimumEntries: 100,
  maxBytes: 16 * 2 ** 20,
  optIn: true,
  verified: true,
  entries: (page) => openaiEntries(page, 'cloudflare-ai-gateway'),
  listing,
} satisfies Upstream

function listing({ raw, modelId }: Entry): ListingDraft {
  if (!isJsonObject(raw)) throw new RejectedEntry('not_an_object', 'The row is not an object.')
  const { prices, rest } = readStatedPrices(raw, pricesOf(modelId, raw))
  return {
    fields: {},
    prices: { ...prices, components: sortComponents(prices.components) },
    extra: restOfRow(rest, {}, ['id']),
  }
}

/**
 * Workers AI has two rows a model: `workers-ai/@cf/…` in USD per token like all others, and one under
 * the bare name in USD per one million. Ideogram's are USD per image.
 */
function pricesOf(modelId: string, row: JsonObject): PriceTable {
  if (modelId.startsWith('ideogram/')) return imagePrices
  const isBareName = modelId.startsWith('workers-ai/') && !modelId.startsWith('workers-ai/@')
  return tokenPrices(isBareName ? 'usdPerMillionTokens' : 'usdPerToken', saysFree(modelId, row))
}

/**
 * A cost of 0 is written for what is not known, not charged and free alike (speech models, hosts that
 * ask money); only the `:free` of OpenRouter's ids says which.
 */
function saysFree(modelId: string, { cost_in: input, cost_out: output }: JsonObject): boolean {
  return modelId.endsWith(':free') && input === 0 && output === 0
}

function tokenPrices(unit: PriceUnit, isFree: boolean): PriceTable {
  return isFree
    ? { cost_in: tokenPrice(unit, 'input'), cost_out: tokenPrice(unit, 'output') }
    : {
        cost_in: optionalPrice(unit, { meter: 'input' }),
        cost_out: optionalPrice(unit, { meter: 'output' }),
      }
}

const imagePrices: PriceTable = {
  cost_in: optionalPrice('usdPerUnit', { meter: 'input_image_each', unit: 'each' }),
  cost_out: optionalPrice('usdPerUnit', { meter: 'output_image_each', unit: 'each' }),
}
