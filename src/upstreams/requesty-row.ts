/**
 * A model as Requesty lists it, in a flat row that Unbound took over. Prices are numbers, USD per token.
 * Where `supports_caching` is false the prices of the cache repeat that of the input (seen 2025-07):
 * there is no cache to pay for.
 */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import { sortComponents, type PriceSheet } from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { objectWithout } from './raw-object.ts'
import { dayOfUnixSeconds, deprecationDay } from './stated-dates.ts'
import { optionalPrice, readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'
import { readStatedTiers, type StatedTier } from './stated-tiers.ts'
import { restOfRow } from './rest-of-row.ts'
import type { ListingDraft } from './upstream.ts'

const limit = z.int().nonnegative().nullish()
const flag = z.boolean().nullish()

const RequestyRow = z.object({
  name: z.string().nullish(),
  description: z.string().nullish(),
  api: z.string().nullish(),
  created: z.unknown().optional(),
  retires_at: z.unknown().optional(),
  context_window: limit,
  max_output_tokens: limit,
  supports_caching: flag,
  supports_vision: flag,
  supports_reasoning: flag,
  supports_tool_calling: flag,
  supports_image_generation: flag,
  supports_output_json_object: flag,
  supports_output_json_schema: flag,
})
type RequestyRow = z.infer<typeof RequestyRow>

/** Throws ZodError or InvalidPrice. */
export function readRequestyRow(raw: Json): ListingDraft {
  const row = RequestyRow.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const { fields, read } = readFields(row)
  const { prices, rest } = readPrices(entry, row.supports_caching === false)
  return { fields, prices, extra: restOfRow(rest, read, ['id']) }
}

function readFields(row: RequestyRow): { fields: ModelFields; read: Record<string, unknown> } {
  const read = {
    name: row.name || undefined,
    description: row.description || undefined,
    context_window: knownLimit(row.context_window),
    max_output_tokens: knownLimit(row.max_output_tokens),
    supports_caching: row.supports_caching,
    supports_vision: row.supports_vision,
    supports_reasoning: row.supports_reasoning,
    supports_tool_calling: row.supports_tool_calling,
    supports_image_generation: row.supports_image_generation,
    supports_output_json_object: row.supports_output_json_object,
    supports_output_json_schema: row.supports_output_json_schema,
  }
  const fields = knownFields({
    name: read.name,
    description: read.description,
    type: row.api === 'chat' || row.api === 'embedding' ? row.api : undefined,
    releaseDate: typeof row.created === 'number' ? dayOfUnixSeconds(row.created) : undefined,
    deprecatedAt: typeof row.retires_at === 'string' ? deprecationDay(row.retires_at) : undefined,
    contextWindow: read.context_window,
    maxOutputTokens: read.max_output_tokens,
    promptCaching: read.supports_caching,
    vision: read.supports_vision,
    reasoning: read.supports_reasoning,
    functionCalling: read.supports_tool_calling,
    imageGeneration: read.supports_image_generation,
    jsonMode: read.supports_output_json_object,
    structuredOutput: read.supports_output_json_schema,
  })
  return { fields, read }
}

const cachePrices: PriceTable = {
  cached_price: optionalPrice('usdPerToken', { meter: 'cache_read' }),
  caching_price: optionalPrice('usdPerToken', { meter: 'cache_write' }),
}
const basePrices: PriceTable = {
  input_price: tokenPrice('usdPerToken', 'input'),
  output_price: tokenPrice('usdPerToken', 'output'),
}

interface ReadPrices {
  prices: PriceSheet
  rest: JsonObject
}

/**
 * Since 2026 `pricing` lists bands by the length of the prompt, the first of which (threshold 0) repeats
 * the flat prices.
 */
function readPrices(entry: JsonObject, hasNoCache: boolean): ReadPrices {
  const table = hasNoCache ? basePrices : { ...basePrices, ...cachePrices }
  const flat = readStatedPrices(entry, table)
  const bands = readStatedTiers(entry['pricing'], readBand, table)
  if (flat.prices.dynamic || !bands) return flat
  const longer = bands.components.filter(({ minTokens }) => minTokens !== undefined)
  return {
    prices: { components: sortComponents([...flat.prices.components, ...longer]) },
    rest: bands.isWhole ? objectWithout(flat.rest, ['pricing']) : flat.rest,
  }
}

function readBand(band: Json): StatedTier | undefined {
  const { prompt_tokens_threshold: threshold, ...prices } = isJsonObject(band) ? band : {}
  if (typeof threshold !== 'number' || threshold < 0) return undefined
  return { minTokens: threshold, prices }
}
