/**
 * Helicone's public registry: one model, several endpoints at providers, each with its prices in USD per
 * one million tokens. Written from documentation.
 */
import { z } from 'zod'
import { PlumblineError } from '../errors.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { priceOfOffers, type HostOffer } from './host-offers.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields, verbatim } from './modality-fields.ts'
import { payloadList, statedId } from './payload-list.ts'
import { restOfRow } from './rest-of-row.ts'
import { dateText } from './stated-dates.ts'
import { optionalPrice, readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'
import type { Entry, Item, ListingDraft, ParsedPage, Upstream } from './upstream.ts'

export const helicone = {
  id: 'helicone',
  title: 'Helicone AI Gateway',
  docs: 'https://docs.helicone.ai/gateway/overview',
  url: 'https://jawn.helicone.ai/v1/public/model-registry/models',
  adapterVersion: 2,
  schedule: '1h',
  provider: 'helicone',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 20,
  maxBytes: 16 * 2 ** 20,
  verified: false,
  entries,
  listing,
} satisfies Upstream

/** `{"data": {"models": […]}}`. */
function* entries({ json, ...page }: ParsedPage): Generator<Item> {
  const data = isJsonObject(json) ? json['data'] : undefined
  if (!isJsonObject(data))
    throw new PlumblineError('payload_shape', 'helicone did not answer with a registry.', {
      retryable: true,
      nextStep: 'Look at the address: {"data": {"models": […]}} is expected there.',
    })
  for (const raw of payloadList({ ...page, json: data }, 'models'))
    yield { kind: 'entry', provider: 'helicone', modelId: statedId(raw), raw }
}

const text = z.string().nullish()
const limit = z.int().nonnegative().nullish()
const words = z.array(z.string()).nullish()

const HeliconeRow = z.object({
  name: text,
  description: text,
  trainingDate: text,
  contextLength: limit,
  maxOutput: limit,
  inputModalities: words,
  outputModalities: words,
  supportedParameters: words,
  endpoints: z.array(z.object({ provider: z.string() })).nullish(),
})
type HeliconeRow = z.infer<typeof HeliconeRow>

function listing({ raw }: Entry): ListingDraft {
  const row = HeliconeRow.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const { endpoints } = entry
  const offers = Array.isArray(endpoints) ? endpoints.filter(isJsonObject).map(offerOf) : []
  const { fields, read } = readFields(row)
  return { fields, prices: priceOfOffers(offers), extra: restOfRow(entry, read, ['id']) }
}

function readFields(
  row: HeliconeRow,
): Pick<ListingDraft, 'fields'> & { read: Record<string, unknown> } {
  const byModality = modalityFields(row.inputModalities, row.outputModalities)
  const parameters = new Set(row.supportedParameters)
  const read = {
    name: row.name || undefined,
    description: row.description || undefined,
    contextLength: knownLimit(row.contextLength),
    maxOutput: knownLimit(row.maxOutput),
    inputModalities: verbatim(row.inputModalities, byModality.inputModalities),
    outputModalities: verbatim(row.outputModalities, byModality.outputModalities),
  }
  const fields = knownFields({
    ...byModality,
    name: read.name,
    description: read.description,
    knowledgeCutoff: dateText(row.trainingDate),
    contextWindow: read.contextLength,
    maxOutputTokens: read.maxOutput,
    // A short list denies nothing.
    functionCalling: parameters.has('tools') || undefined,
    reasoning: parameters.has('reasoning') || parameters.has('include_reasoning') || undefined,
    temperature: parameters.has('temperature') || undefined,
  })
  return { fields, read }
}

const prices: PriceTable = {
  prompt: tokenPrice('usdPerMillionTokens', 'input'),
  completion: tokenPrice('usdPerMillionTokens', 'output'),
  reasoning: optionalPrice('usdPerMillionTokens', { meter: 'reasoning' }),
  cacheRead: optionalPrice('usdPerMillionTokens', { meter: 'cache_read' }),
  cacheWrite: optionalPrice('usdPerMillionTokens', { meter: 'cache_write' }),
}

function offerOf({ provider, pricing }: JsonObject): HostOffer {
  const read = isJsonObject(pricing) ? readStatedPrices(pricing, prices).prices.components : []
  return { host: typeof provider === 'string' ? provider : '', components: read }
}
