/**
 * Venice: USD per one million tokens under `usd`, beside the same in its own units (`diem`, `vcu`), which
 * stay in `extra`. `extended` holds the prices of prompts beyond `context_token_threshold`. The recorded
 * list has neither caches nor tiers; they are read as documented.
 */
import { z } from 'zod'
import { sortComponents, type PriceUnit } from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { hostAuthority } from './host-authority.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { objectUnder, objectWithout, ownEntries } from './raw-object.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import { dayOfUnixSeconds } from './stated-dates.ts'
import {
  optionalPrice,
  readStatedPrices,
  tokenPrice,
  type PriceTable,
  type ReadPrices,
} from './stated-prices.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const venice = {
  id: 'venice',
  title: 'Venice',
  docs: 'https://docs.venice.ai/api-reference/endpoint/models/list',
  url: 'https://api.venice.ai/api/v1/models?type=text',
  key: bearerKey('VENICE_API_KEY', { required: false }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'venice',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 5,
  maxBytes: 8 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'venice'),
  listing,
} satisfies Upstream

const flag = z.boolean().nullish()
const limit = z.int().nonnegative().nullish()

const VeniceEntry = z.object({
  created: z.number().nullish(),
  model_spec: z
    .object({
      name: z.string().nullish(),
      description: z.string().nullish(),
      availableContextTokens: limit,
      maxCompletionTokens: limit,
      beta: flag,
      offline: flag,
      capabilities: z
        .object({
          optimizedForCode: flag,
          supportsAudioInput: flag,
          supportsFunctionCalling: flag,
          supportsReasoning: flag,
          supportsResponseSchema: flag,
          supportsVision: flag,
          supportsWebSearch: flag,
        })
        .nullish(),
      pricing: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
})

function listing({ raw }: Entry): ListingDraft {
  const { created, model_spec: stated } = VeniceEntry.parse(raw)
  const spec = objectUnder(raw, 'model_spec')
  const { prices, rest } = readPricing(objectUnder(spec, 'pricing'))
  const read = {
    name: stated?.name || undefined,
    description: stated?.description || undefined,
    availableContextTokens: knownLimit(stated?.availableContextTokens),
    maxCompletionTokens: knownLimit(stated?.maxCompletionTokens),
  }
  const capabilities = stated?.capabilities
  return {
    fields: knownFields({
      name: read.name,
      description: read.description,
      releaseDate: dayOfUnixSeconds(created),
      stage: stated?.offline === true ? 'offline' : stated?.beta === true ? 'beta' : undefined,
      contextWindow: read.availableContextTokens,
      maxOutputTokens: read.maxCompletionTokens,
      audio: capabilities?.supportsAudioInput,
      codeGeneration: capabilities?.optimizedForCode,
      functionCalling: capabilities?.supportsFunctionCalling,
      reasoning: capabilities?.supportsReasoning,
      structuredOutput: capabilities?.supportsResponseSchema,
      vision: capabilities?.supportsVision,
      webSearch: capabilities?.supportsWebSearch,
    }),
    prices,
    extra: {
      ...restOfRow(raw, {}, ['id', 'model_spec']),
      ...restUnder('model_spec', {
        ...restOfRow(spec, read, ['pricing']),
        ...restUnder('pricing', rest),
      }),
    },
  }
}

const unit: PriceUnit = 'usdPerMillionTokens'
const priceTable: PriceTable = {
  input: tokenPrice(unit, 'input'),
  output: tokenPrice(unit, 'output'),
  cache_input: optionalPrice(unit, { meter: 'cache_read' }),
  cache_write: optionalPrice(unit, { meter: 'cache_write' }),
}

/** Each price is an object, of which only `usd` is taken. Throws InvalidPrice. */
function readPricing(pricing: JsonObject): ReadPrices {
  const { extended } = pricing
  const base = readStatedPrices(usdOf(pricing), priceTable)
  const threshold = isJsonObject(extended) ? extended['context_token_threshold'] : undefined
  if (!isJsonObject(extended) || typeof threshold !== 'number' || threshold <= 0)
    return { prices: base.prices, rest: withoutUsd(pricing, base) }
  const tier = readStatedPrices(usdOf(extended), priceTable, { of: { minTokens: threshold } })
  return {
    prices: {
      ...base.prices,
      components: sortComponents([...base.prices.components, ...tier.prices.components]),
    },
    rest: {
      ...withoutUsd(objectWithout(pricing, ['extended']), base),
      ...restUnder('extended', withoutUsd(extended, tier)),
    },
  }
}

function usdOf(pricing: JsonObject): JsonObject {
  const stated = ownEntries(pricing).filter(([, price]) => isJsonObject(price) && 'usd' in price)
  return Object.fromEntries(
    stated.map(([name, price]) => [name, isJsonObject(price) ? (price['usd'] ?? null) : null]),
  )
}

/** What else is stated of each price, and whole those whose `usd` was not taken. */
function withoutUsd(pricing: JsonObject, { rest }: ReadPrices): JsonObject {
  const usd = usdOf(pricing)
  const left = ownEntries(pricing).map(([name, price]): [string, Json] => {
    const isTaken = Object.hasOwn(usd, name) && !Object.hasOwn(rest, name)
    return [name, isTaken && isJsonObject(price) ? objectWithout(price, ['usd']) : price]
  })
  return Object.fromEntries(
    left.filter(([, price]) => !isJsonObject(price) || Object.keys(price).length > 0),
  )
}
