/**
 * NanoGPT: two units in one object. Prompt and completion are USD per one million tokens, the cache is
 * USD per one thousand, as its names say. Asked without a key, since with one the list is sorted and
 * marked for the account. Written from documentation.
 */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import type { PriceSheet } from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { hostAuthority } from './host-authority.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields } from './modality-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import { dayOfUnixSeconds } from './stated-dates.ts'
import { optionalPrice, readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'
import { RejectedEntry, type Entry, type ListingDraft, type Upstream } from './upstream.ts'

export const nanoGpt = {
  id: 'nano-gpt',
  title: 'NanoGPT',
  docs: 'https://docs.nano-gpt.com/api-reference/endpoint/models',
  url: 'https://nano-gpt.com/api/v1/models?detailed=true',
  adapterVersion: 1,
  schedule: '1h',
  provider: 'nano-gpt',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 50,
  maxBytes: 32 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'nano-gpt'),
  listing,
} satisfies Upstream

const limit = z.int().nonnegative().nullish()
const words = z.array(z.string()).nullish()
const flag = z.boolean().nullish()

const NanoGptRow = z.object({
  name: z.string().nullish(),
  description: z.string().nullish(),
  created: z.unknown().optional(),
  context_length: limit,
  max_output_tokens: limit,
  architecture: z.object({ input_modalities: words, output_modalities: words }).nullish(),
  capabilities: z
    .object({
      vision: flag,
      reasoning: flag,
      tool_calling: flag,
      structured_output: flag,
      pdf_upload: flag,
    })
    .nullish(),
})
type NanoGptRow = z.infer<typeof NanoGptRow>

function listing({ raw }: Entry): ListingDraft {
  const row = NanoGptRow.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const { fields, read } = readFields(row)
  const { prices, rest } = readPricing(entry['pricing'])
  return {
    fields,
    prices,
    extra: { ...restOfRow(entry, read, ['id', 'pricing']), ...restUnder('pricing', rest) },
  }
}

function readFields(row: NanoGptRow): { fields: ModelFields; read: Record<string, unknown> } {
  const { architecture, capabilities } = row
  const read = {
    name: row.name || undefined,
    description: row.description || undefined,
    context_length: knownLimit(row.context_length),
    max_output_tokens: knownLimit(row.max_output_tokens),
  }
  const byModality = modalityFields(architecture?.input_modalities, architecture?.output_modalities)
  const fields = knownFields({
    ...byModality,
    name: read.name,
    description: read.description,
    releaseDate: typeof row.created === 'number' ? dayOfUnixSeconds(row.created) : undefined,
    contextWindow: read.context_length,
    maxOutputTokens: read.max_output_tokens,
    vision: capabilities?.vision ?? byModality.vision,
    reasoning: capabilities?.reasoning,
    functionCalling: capabilities?.tool_calling,
    structuredOutput: capabilities?.structured_output,
    attachment: capabilities?.pdf_upload || undefined,
  })
  return { fields, read }
}

const prices: PriceTable = {
  prompt: tokenPrice('usdPerMillionTokens', 'input'),
  completion: tokenPrice('usdPerMillionTokens', 'output'),
  // Names that some rows have instead.
  input: tokenPrice('usdPerMillionTokens', 'input'),
  output: tokenPrice('usdPerMillionTokens', 'output'),
  cacheReadInputPer1kTokens: optionalPrice('usdPerThousandTokens', { meter: 'cache_read' }),
  cacheWriteInputPer1kTokens: optionalPrice('usdPerThousandTokens', { meter: 'cache_write' }),
}
const knownUnits = { unit: 'per_million_tokens', currency: 'USD' }

function readPricing(pricing: Json | undefined): { prices: PriceSheet; rest: JsonObject } {
  if (!isJsonObject(pricing)) return { prices: { components: [] }, rest: {} }
  for (const [name, known] of Object.entries(knownUnits)) {
    const stated = pricing[name]
    if (stated !== undefined && stated !== null && stated !== known)
      throw new RejectedEntry('price_unit_unknown', `${name} is ${JSON.stringify(stated)}.`)
  }
  const read = readStatedPrices(pricing, prices)
  return { prices: read.prices, rest: restOfRow(read.rest, knownUnits) }
}
