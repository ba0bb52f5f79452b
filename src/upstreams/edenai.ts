/**
 * Eden AI: prices under LiteLLM's names, USD per token. `list_pricing` is what everybody pays, `pricing`
 * what the account does, so it is asked without a key. Ids that differ only in their case are two models
 * here. Written from documentation.
 */
import { z } from 'zod'
import { readAmount, type PriceSheet } from '../catalog/price.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { readFields } from './litellm-fields.ts'
import { readLitellmPrices } from './litellm-row.ts'
import { modalityFields, verbatim } from './modality-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { objectWithout, ownEntries } from './raw-object.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const edenai = {
  id: 'edenai',
  title: 'Eden AI',
  docs: 'https://docs.edenai.co/v3/how-to/llm/listing-models',
  url: 'https://api.edenai.run/v3/models',
  adapterVersion: 2,
  schedule: '1h',
  provider: 'edenai',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 50,
  maxBytes: 32 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'edenai'),
  listing,
} satisfies Upstream

const words = z.array(z.string()).nullish()

const EdenaiRow = z.object({
  description: z.string().nullish(),
  context_length: z.int().nonnegative().nullish(),
  capabilities: z.object({ input_modalities: words, output_modalities: words }).nullish(),
})

function listing({ raw }: Entry): ListingDraft {
  const row = EdenaiRow.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const { fields, rest: capabilities } = readCapabilities(entry, row.capabilities)
  const read = {
    description: row.description || undefined,
    context_length: knownLimit(row.context_length),
  }
  const priceName = isJsonObject(entry['list_pricing']) ? 'list_pricing' : 'pricing'
  const { prices, rest } = readPricing(entry[priceName])
  return {
    fields: knownFields({
      ...fields,
      description: read.description,
      contextWindow: read.context_length,
    }),
    prices,
    extra: {
      ...restOfRow(objectWithout(entry, ['capabilities', priceName]), read, ['id']),
      ...restUnder('capabilities', capabilities),
      ...restUnder(priceName, rest),
    },
  }
}

/** Flags under LiteLLM's names (`supports_vision`, …), and modalities. */
function readCapabilities(
  { capabilities }: JsonObject,
  stated: z.infer<typeof EdenaiRow>['capabilities'],
): Pick<ListingDraft, 'fields'> & { rest: JsonObject } {
  if (!isJsonObject(capabilities)) return { fields: {}, rest: {} }
  const byModality = modalityFields(stated?.input_modalities, stated?.output_modalities)
  const { fields, names } = readFields(capabilities)
  const read = {
    input_modalities: verbatim(stated?.input_modalities, byModality.inputModalities),
    output_modalities: verbatim(stated?.output_modalities, byModality.outputModalities),
  }
  return { fields: { ...byModality, ...fields }, rest: restOfRow(capabilities, read, names) }
}

const basePrices = new Set(['input_cost_per_token', 'output_cost_per_token'])

/** "0" says that there is no such thing to pay for, but for the two prices that every model has. */
function readPricing(pricing: unknown): { prices: PriceSheet; rest: JsonObject } {
  if (!isJsonObject(pricing)) return { prices: { components: [] }, rest: {} }
  const zeros = ownEntries(pricing).filter(
    ([name, value]) => !basePrices.has(name) && isZero(value),
  )
  const { sheet, rest } = readLitellmPrices(
    objectWithout(
      pricing,
      zeros.map(([name]) => name),
    ),
  )
  return {
    prices: sheet,
    rest: { ...restOfRow(rest, {}), ...Object.fromEntries(zeros) },
  }
}

function isZero(value: unknown): boolean {
  return value === 0 || (typeof value === 'string' && readAmount(value, 'usdPerToken') === '0')
}
