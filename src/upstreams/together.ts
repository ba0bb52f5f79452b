/**
 * Together. The default is `/v1/models`, seen recorded: a bare list of all that it knows, served or not.
 * `https://api.together.ai/v2/supported-models?product=PRODUCT_SERVERLESS&limit=200` is read as well where
 * the URL is set to it, as documented: pages, and the id to call under `serverlessEndpoint`. Both state
 * USD per one million tokens, and the window of the weights, which may not be the one that is served.
 */
import { z } from 'zod'
import type { PriceUnit } from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { cursorPages } from './cursor-pages.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { payloadList, statedId } from './payload-list.ts'
import { objectUnder } from './raw-object.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import { dayOfUnixSeconds } from './stated-dates.ts'
import {
  optionalPrice,
  readStatedPrices,
  tokenPrice,
  type PriceTable,
  type ReadPrices,
} from './stated-prices.ts'
import type { Entry, Item, ListingDraft, ParsedPage, Upstream } from './upstream.ts'

export const together = {
  id: 'together',
  title: 'Together AI',
  docs: 'https://docs.together.ai/reference/models',
  url: 'https://api.together.xyz/v1/models',
  key: bearerKey('TOGETHER_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'togetherai',
  rank: 4,
  authoritative: ['name', 'type', 'maxOutputTokens', 'prices'],
  // A listing can outlive what serves it, and what is served need not be listed.
  complete: false,
  minimumEntries: 20,
  maxBytes: 16 * 2 ** 20,
  verified: true,
  pages: (url, fetchPage) =>
    cursorPages(url, fetchPage, {
      upstream: 'together',
      parameter: 'after',
      next: (page) => page['next_cursor'],
    }),
  entries,
  listing,
} satisfies Upstream

/** In the second list a model without a serverless route is for dedicated endpoints only. */
function* entries(page: ParsedPage): Generator<Item> {
  for (const raw of payloadList(page, 'data')) {
    const modelId = statedId(raw, idName(raw))
    if (idName(raw) === 'id' || modelId !== '')
      yield { kind: 'entry', provider: 'togetherai', modelId, raw }
  }
}

function idName(raw: Json): 'id' | 'serverlessEndpoint' {
  return isJsonObject(raw) && 'products' in raw ? 'serverlessEndpoint' : 'id'
}

const limit = z.int().nonnegative().nullish()

const TogetherEntry = z.object({
  type: z.string().nullish(),
  display_name: z.string().nullish(),
  created: z.number().nullish(),
  context_length: limit,
  config: z.object({ max_output_length: limit }).nullish(),
  pricing: z.record(z.string(), z.unknown()).nullish(),
})

const types: Readonly<Record<string, string>> = {
  language: 'completion',
  code: 'completion',
  transcribe: 'transcription',
}

function listing({ raw, modelId }: Entry): ListingDraft {
  const stated = TogetherEntry.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const type = stated.type || undefined
  const pricing = objectUnder(entry, 'pricing')
  const { prices, rest } = readPricing(pricing, { type, modelId })
  const isOtherWord = type !== undefined && Object.hasOwn(types, type)
  const read = {
    type: isOtherWord ? undefined : type,
    display_name: stated.display_name || undefined,
    context_length: knownLimit(stated.context_length),
  }
  return {
    fields: knownFields({
      name: read.display_name,
      type: isOtherWord ? types[type] : type,
      releaseDate: dayOfUnixSeconds(stated.created),
      contextWindow: read.context_length,
      maxOutputTokens: knownLimit(stated.config?.max_output_length),
    }),
    prices,
    extra: {
      ...restOfRow(entry, read, [idName(entry), 'pricing']),
      ...restUnder('pricing', rest),
    },
  }
}

const unit: PriceUnit = 'usdPerMillionTokens'
const priceTable: PriceTable = {
  input: tokenPrice(unit, 'input'),
  output: tokenPrice(unit, 'output'),
  cachedInput: optionalPrice(unit, { meter: 'cache_read' }),
}

/** Of the others, `input` and `output` are per character, per image or nothing at all. */
const paidByToken = new Set(['chat', 'language', 'code', 'moderation', 'embedding', 'rerank'])

/**
 * "0" on both sides means free only where the id says so ("…-Free"); else it stands for models that are
 * served on dedicated hardware only, such as gemma-3-27b-it (seen 2025-07).
 */
function readPricing(
  pricing: JsonObject,
  { type, modelId }: { type: string | undefined; modelId: string },
): ReadPrices {
  const none: ReadPrices = { prices: { components: [] }, rest: pricing }
  if (type !== undefined && !paidByToken.has(type)) return none
  if (isZero(pricing['input']) && isZero(pricing['output']) && !/-free$/i.test(modelId)) return none
  return readStatedPrices(pricing, priceTable)
}

function isZero(price: Json | undefined): boolean {
  return price === 0 || price === null || price === undefined
}
