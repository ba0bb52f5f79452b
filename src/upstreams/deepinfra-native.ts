/**
 * The rows of DeepInfra's own list (`/models/list`), from documentation and from the code of others that
 * read it: cents per token, the cache's prices as multiples of the input's, and a discount on all of it.
 * Tiers are told in prose (deepinfra-tiers.ts). The multiples for service tiers stay as stated: nobody
 * says to what they apply.
 */
import { z } from 'zod'
import {
  componentKey,
  flatAmount,
  readAmount,
  scaleAmount,
  sortComponents,
  type PriceComponent,
} from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { readTierText } from './deepinfra-tiers.ts'
import { discounted } from './discount.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { objectUnder, objectWithout, ownEntries } from './raw-object.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import { dayOfUnixSeconds, deprecationDay } from './stated-dates.ts'
import { readStatedPrices, tokenPrice, type PriceTable, type ReadPrices } from './stated-prices.ts'
import type { ListingDraft } from './upstream.ts'

/** The other list's rows have an `id`. */
export function isNativeRow(raw: Json): raw is JsonObject {
  return isJsonObject(raw) && 'model_name' in raw
}

const NativeRow = z.object({
  description: z.string().nullish(),
  reported_type: z.string().nullish(),
  type: z.string().nullish(),
  max_tokens: z.int().nonnegative().nullish(),
  /** Unix seconds; in the future = announced. */
  deprecated: z.number().nullish(),
  replaced_by: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  pricing: z.record(z.string(), z.unknown()).nullish(),
})

const types: Readonly<Record<string, string>> = {
  'text-generation': 'chat',
  embeddings: 'embedding',
  reranker: 'rerank',
  'text-to-image': 'image',
  'text-to-video': 'video',
  'text-to-speech': 'speech',
  'automatic-speech-recognition': 'transcription',
}

export function nativeListing(raw: JsonObject): ListingDraft {
  const stated = NativeRow.parse(raw)
  const type = stated.reported_type ?? stated.type ?? ''
  const pricing = objectUnder(raw, 'pricing')
  const { prices, rest } = readPricing(pricing)
  const read = {
    description: stated.description || undefined,
    // It is the window, not the limit of an answer.
    max_tokens: knownLimit(stated.max_tokens),
    replaced_by: stated.replaced_by || undefined,
    tags: stated.tags,
  }
  return {
    fields: knownFields({
      description: read.description,
      type: Object.hasOwn(types, type) ? types[type] : undefined,
      contextWindow: read.max_tokens,
      deprecatedAt: deprecationDay(dayOfUnixSeconds(stated.deprecated)),
      replacedBy: read.replaced_by,
      tags: read.tags,
    }),
    prices,
    extra: { ...restOfRow(raw, read, ['model_name', 'pricing']), ...restUnder('pricing', rest) },
  }
}

const centsTable: PriceTable = {
  cents_per_input_token: tokenPrice('centsPerToken', 'input'),
  cents_per_output_token: tokenPrice('centsPerToken', 'output'),
}

/** Throws InvalidPrice, and RejectedEntry for a discount that is none. */
function readPricing(pricing: JsonObject): ReadPrices {
  const base = readStatedPrices(pricing, centsTable)
  const input = flatAmount(base.prices, 'input')
  const multiples = input === undefined ? [] : multiplesOf(pricing, input)
  const components = [...base.prices.components, ...multiples.map(({ component }) => component)]
  const tiers = readTiers(pricing, components)
  const sheet = { ...base.prices, components: sortComponents([...components, ...(tiers ?? [])]) }
  return {
    prices: discounted(sheet, pricing['discount']),
    rest: objectWithout(base.rest, [...takenNames(pricing, multiples), ...(tiers ? ['full'] : [])]),
  }
}

/**
 * Undefined where the prose is not understood, or begins with other prices than those beside it: it may
 * then be out of date, or the discount already taken off. Throws InvalidPrice.
 */
function readTiers(
  { full }: JsonObject,
  known: readonly PriceComponent[],
): PriceComponent[] | undefined {
  const all = typeof full === 'string' ? readTierText(full) : undefined
  const amounts = new Map(known.map((one) => [componentKey(one), one.amount]))
  const base = all?.filter(({ minTokens }) => minTokens === undefined) ?? []
  const agrees = base.every((one) => amounts.get(componentKey(one)) === one.amount)
  return agrees ? all?.filter(({ minTokens }) => minTokens !== undefined) : undefined
}

const cacheReads = 'rate_per_input_token_cached'
const cacheWrites = 'rate_per_input_token_cache_write'
/** An object by time to live. */
const explicitWrites = 'rate_per_explicit_cache_write_token'

interface Multiple {
  /** Under which it is stated. */
  name: string
  component: PriceComponent
}

/** Of the input's price; 0 and null say that there is no cache. */
function multiplesOf(pricing: JsonObject, input: string): Multiple[] {
  const byTtl = ownEntries(objectUnder(pricing, explicitWrites))
  const stated: [name: string, Omit<PriceComponent, 'amount'>, Json | undefined][] = [
    [cacheReads, { meter: 'cache_read' }, pricing[cacheReads]],
    [cacheWrites, { meter: 'cache_write' }, pricing[cacheWrites]],
    ...byTtl.map(([ttl, rate]): (typeof stated)[number] => [
      explicitWrites,
      { meter: 'cache_write', ttl },
      rate,
    ]),
  ]
  return stated.flatMap(([name, circumstances, rate]) => {
    const multiple = readAmount(rate, 'usdPerUnit')
    if (multiple === undefined || multiple === '0' || multiple === 'dynamic') return []
    return [{ name, component: { ...circumstances, amount: scaleAmount(input, multiple) } }]
  })
}

/** The object by time to live is taken only as a whole. */
function takenNames(pricing: JsonObject, multiples: Multiple[]): string[] {
  const names = multiples.map(({ name }) => name)
  const ttls = Object.keys(objectUnder(pricing, explicitWrites)).length
  const isWhole = names.filter((name) => name === explicitWrites).length === ttls
  return names.filter((name) => name !== explicitWrites || isWhole)
}
