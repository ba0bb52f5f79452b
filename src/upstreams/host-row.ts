/**
 * The row that OpenRouter asks the hosts of its models for, and that many hosts therefore publish as
 * their own list (https://openrouter.ai/docs/guides/community/for-providers). Each has its own unit of
 * the prices; the names of the cache's prices come in the singular and in the plural.
 */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import { sortComponents, type PriceUnit } from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields, verbatim } from './modality-fields.ts'
import { objectWithout } from './raw-object.ts'
import { dayOfUnixSeconds, deprecationDay } from './stated-dates.ts'
import { optionalPrice, readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'
import { readStatedTiers, type StatedTier } from './stated-tiers.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import type { ListingDraft } from './upstream.ts'

export interface HostRowReading {
  /** Of all prices that count tokens. */
  unit: PriceUnit
  dollarSign?: true
  /** Names that say something of the answer and nothing of the model. */
  dropped?: readonly string[]
}

const limit = z.int().nonnegative().nullish()
const words = z.array(z.string()).nullish()

const HostRow = z.object({
  name: z.string().nullish(),
  description: z.string().nullish(),
  created: z.unknown().optional(),
  context_length: limit,
  max_model_len: limit,
  max_output_length: limit,
  max_completion_tokens: limit,
  input_modalities: words,
  output_modalities: words,
  supported_features: words,
  supported_sampling_parameters: words,
  deprecation_date: z.string().nullish(),
})
type HostRow = z.infer<typeof HostRow>

/** `is_ready: false` announces a model to OpenRouter that nobody can call yet, or not at the moment. */
export function isReady({ is_ready: ready }: JsonObject): boolean {
  return ready !== false
}

export function hostRowListing(raw: Json, reading: HostRowReading): ListingDraft {
  const row = HostRow.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const { dropped = [] } = reading
  const { fields, read } = readFields(dropped.includes('created') ? { ...row, created: null } : row)
  const pricing = readPricing(entry['pricing'], reading)
  return {
    fields,
    prices: { ...pricing.prices, components: sortComponents(pricing.prices.components) },
    extra: { ...restOfRow(entry, read, ['id', 'pricing', ...dropped]), ...pricing.extra },
  }
}

function readFields(row: HostRow): { fields: ModelFields; read: Record<string, unknown> } {
  const byModality = modalityFields(row.input_modalities, row.output_modalities)
  const read = {
    name: row.name || undefined,
    description: row.description || undefined,
    context_length: knownLimit(row.context_length),
    max_output_length: knownLimit(row.max_output_length),
    input_modalities: verbatim(row.input_modalities, byModality.inputModalities),
    output_modalities: verbatim(row.output_modalities, byModality.outputModalities),
  }
  const fields = knownFields({
    ...byModality,
    ...featureFields(row),
    name: read.name,
    description: read.description,
    releaseDate: typeof row.created === 'number' ? dayOfUnixSeconds(row.created) : undefined,
    deprecatedAt: deprecationDay(row.deprecation_date),
    contextWindow: read.context_length ?? knownLimit(row.max_model_len),
    maxOutputTokens: read.max_output_length ?? knownLimit(row.max_completion_tokens),
  })
  return { fields, read }
}

/** The words are a closed list of OpenRouter's, so one that is missing is denied; no list says nothing. */
function featureFields({
  supported_features: features,
  supported_sampling_parameters: parameters,
}: HostRow): ModelFields {
  const has = (list: string[] | null | undefined, word: string) =>
    list && list.length > 0 ? list.includes(word) : undefined
  return knownFields({
    functionCalling: has(features, 'tools'),
    jsonMode: has(features, 'json_mode'),
    structuredOutput: has(features, 'structured_outputs'),
    reasoning: has(features, 'reasoning'),
    webSearch: has(features, 'web_search') || undefined,
    temperature: has(parameters, 'temperature'),
  })
}

function priceTable(unit: PriceUnit): PriceTable {
  return {
    prompt: tokenPrice(unit, 'input'),
    completion: tokenPrice(unit, 'output'),
    internal_reasoning: optionalPrice(unit, { meter: 'reasoning' }),
    input_cache_read: optionalPrice(unit, { meter: 'cache_read' }),
    input_cache_reads: optionalPrice(unit, { meter: 'cache_read' }),
    input_cache_write: optionalPrice(unit, { meter: 'cache_write' }),
    input_cache_writes: optionalPrice(unit, { meter: 'cache_write' }),
    request: optionalPrice('usdPerUnit', { meter: 'request', unit: 'each' }),
  }
}

interface ReadPricing {
  prices: ListingDraft['prices']
  extra: JsonObject
}

/** One object, or a list of them: the base first, then a tier for longer prompts (`min_context`). */
function readPricing(pricing: Json | undefined, { unit, dollarSign }: HostRowReading): ReadPricing {
  const circumstances = dollarSign ? { dollarSign } : {}
  if (isJsonObject(pricing)) {
    const { prices, rest } = readStatedPrices(pricing, priceTable(unit), circumstances)
    return { prices, extra: restUnder('pricing', rest) }
  }
  const tiers = readStatedTiers(pricing, readTier, priceTable(unit), circumstances)
  const hasBase = tiers?.components.some(({ minTokens }) => minTokens === undefined)
  if (!tiers || !hasBase)
    return { prices: { components: [] }, extra: pricing == null ? {} : { pricing } }
  const { components, isWhole } = tiers
  return { prices: { components }, extra: isWhole || pricing === undefined ? {} : { pricing } }
}

function readTier(stated: Json): StatedTier | undefined {
  if (!isJsonObject(stated)) return undefined
  const bound = stated['min_context'] ?? 0
  if (typeof bound !== 'number' || bound < 0) return undefined
  return { minTokens: bound, prices: objectWithout(stated, ['min_context']) }
}
