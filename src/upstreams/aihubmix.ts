/**
 * AiHubMix: prices are numbers, USD per one million tokens; a price that is left out is not offered.
 * Features and modalities are words in one string. Aliases that are not listed are served all the same,
 * so a model that is missing is not gone. Written from documentation.
 */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import { sortComponents, type PriceSheet } from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { commaList } from './comma-list.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields } from './modality-fields.ts'
import { payloadList, statedId } from './payload-list.ts'
import { objectUnder, objectWithout } from './raw-object.ts'
import { dateText } from './stated-dates.ts'
import { readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'
import { readStatedTiers, type StatedTier } from './stated-tiers.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import type { Entry, Item, ListingDraft, ParsedPage, Upstream } from './upstream.ts'

export const aihubmix = {
  id: 'aihubmix',
  title: 'AIHubMix',
  docs: 'https://docs.aihubmix.com/en/api/Models-API',
  url: 'https://aihubmix.com/api/v1/models?type=llm',
  adapterVersion: 1,
  schedule: '1h',
  provider: 'aihubmix',
  rank: 4,
  authoritative: 'all',
  complete: false,
  minimumEntries: 50,
  maxBytes: 32 * 2 ** 20,
  verified: false,
  entries,
  listing,
} satisfies Upstream

function* entries(page: ParsedPage): Generator<Item> {
  for (const raw of payloadList(page, 'data'))
    yield { kind: 'entry', provider: 'aihubmix', modelId: statedId(raw, 'model_id'), raw }
}

const text = z.string().nullish()
const limit = z.int().nonnegative().nullish()
const flag = z.boolean().nullish()

const AihubmixRow = z.object({
  model_name: text,
  desc: text,
  features: text,
  input_modalities: text,
  output_modalities: text,
  context_length: limit,
  max_output: limit,
  reasoning: flag,
  tool_call: flag,
  open_weights: flag,
  release_date: text,
  last_updated: text,
  knowledge: text,
  retire_stage: text,
})
type AihubmixRow = z.infer<typeof AihubmixRow>

function listing({ raw }: Entry): ListingDraft {
  const row = AihubmixRow.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const { fields, read } = readFields(row)
  const { prices, rest } = readPricing(entry['pricing'])
  return {
    fields,
    prices,
    extra: { ...restOfRow(entry, read, ['model_id', 'pricing']), ...restUnder('pricing', rest) },
  }
}

function readFields(row: AihubmixRow): { fields: ModelFields; read: Record<string, unknown> } {
  const features = commaList(row.features)
  const window = knownLimit(row.context_length)
  const output = knownLimit(row.max_output)
  const read = {
    model_name: row.model_name || undefined,
    desc: row.desc || undefined,
    context_length: window,
    // What is not known is 0, or the whole window (then nothing would be left for the prompt).
    max_output: output !== undefined && window !== undefined && output >= window ? null : output,
    reasoning: row.reasoning,
    tool_call: row.tool_call,
    open_weights: row.open_weights,
    retire_stage: row.retire_stage || undefined,
  }
  const fields = knownFields({
    ...modalityFields(commaList(row.input_modalities), commaList(row.output_modalities)),
    name: read.model_name,
    description: read.desc,
    contextWindow: window,
    maxOutputTokens: read.max_output,
    reasoning: row.reasoning,
    functionCalling: row.tool_call,
    structuredOutput: features?.includes('structured_outputs') || undefined,
    openWeights: row.open_weights,
    releaseDate: dateText(row.release_date),
    lastUpdated: dateText(row.last_updated),
    knowledgeCutoff: dateText(row.knowledge),
    stage: read.retire_stage,
  })
  return { fields, read: { ...read, max_output: read.max_output ?? undefined } }
}

const prices: PriceTable = {
  input: tokenPrice('usdPerMillionTokens', 'input'),
  output: tokenPrice('usdPerMillionTokens', 'output'),
  cache_read: tokenPrice('usdPerMillionTokens', 'cache_read'),
  cache_write: tokenPrice('usdPerMillionTokens', 'cache_write'),
}

interface ReadPricing {
  prices: PriceSheet
  rest: JsonObject
}

function readPricing(pricing: Json | undefined): ReadPricing {
  if (!isJsonObject(pricing)) return { prices: { components: [] }, rest: {} }
  const base = readStatedPrices(pricing, prices)
  const tiers = readStatedTiers(base.rest['tiers'], readTier, prices)
  if (base.prices.dynamic || !tiers?.isWhole) return base
  return {
    prices: { components: sortComponents([...base.prices.components, ...tiers.components]) },
    rest: objectWithout(base.rest, ['tiers']),
  }
}

/** `{"tier": {"type": "context", "size": 200000}, "input": …}`. */
function readTier(stated: Json): StatedTier | undefined {
  const { type, size, ...more } = objectUnder(stated, 'tier')
  const isKnown = type === 'context' && Object.keys(more).length === 0
  if (!isJsonObject(stated) || !isKnown || typeof size !== 'number' || size <= 0) return undefined
  return { minTokens: size, prices: objectWithout(stated, ['tier']) }
}
