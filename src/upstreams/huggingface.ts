/**
 * Hugging Face's router: one model, many hosts, each with its window, its price (USD per one million
 * tokens) and what it supports. A caller can name the host, else the router chooses. Written from
 * documentation.
 */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { priceOfOffers, type HostOffer } from './host-offers.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields } from './modality-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { objectWithout } from './raw-object.ts'
import { restOfRow } from './rest-of-row.ts'
import { dayOfUnixSeconds } from './stated-dates.ts'
import { readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const huggingface = {
  id: 'huggingface',
  title: 'Hugging Face Inference Providers',
  docs: 'https://huggingface.co/docs/inference-providers/hub-api',
  url: 'https://router.huggingface.co/v1/models',
  key: bearerKey('HF_TOKEN', { required: false }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'huggingface',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 20,
  maxBytes: 32 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'huggingface'),
  listing,
} satisfies Upstream

const words = z.array(z.string()).nullish()
const flag = z.boolean().nullish()

const Host = z.object({
  provider: z.string(),
  status: z.string().nullish(),
  context_length: z.int().nonnegative().nullish(),
  supports_tools: flag,
  supports_structured_output: flag,
})
type Host = z.infer<typeof Host>

const HuggingfaceRow = z.object({
  created: z.unknown().optional(),
  architecture: z.object({ input_modalities: words, output_modalities: words }).nullish(),
  providers: z.array(Host).nullish(),
})

function listing({ raw }: Entry): ListingDraft {
  const row = HuggingfaceRow.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const hosts = Array.isArray(entry['providers']) ? entry['providers'].filter(isJsonObject) : []
  const { input_modalities: input, output_modalities: output } = row.architecture ?? {}
  return {
    fields: knownFields({
      ...modalityFields(input, output),
      releaseDate: typeof row.created === 'number' ? dayOfUnixSeconds(row.created) : undefined,
      ...fieldsOfHosts((row.providers ?? []).filter(isLive)),
    }),
    prices: priceOfOffers(hosts.filter(isLive).map(offerOf)),
    extra: {
      ...restOfRow(entry, {}, ['id']),
      ...(hosts.length > 0 ? { providers: hosts.map(withoutMeasurements) } : {}),
    },
  }
}

function isLive({ status }: { status?: unknown }): boolean {
  return status === undefined || status === null || status === 'live'
}

/** What a caller gets from the best of the hosts, since it can name one. */
function fieldsOfHosts(hosts: readonly Host[]): ModelFields {
  const windows = hosts.flatMap(({ context_length: window }) => knownLimit(window) ?? [])
  return knownFields({
    contextWindow: windows.length > 0 ? Math.max(...windows) : undefined,
    functionCalling: anyOf(hosts.map((host) => host.supports_tools)),
    structuredOutput: anyOf(hosts.map((host) => host.supports_structured_output)),
  })
}

function anyOf(flags: readonly (boolean | null | undefined)[]): boolean | undefined {
  if (flags.includes(true)) return true
  return flags.includes(false) ? false : undefined
}

const prices: PriceTable = {
  input: tokenPrice('usdPerMillionTokens', 'input'),
  output: tokenPrice('usdPerMillionTokens', 'output'),
}

function offerOf(host: JsonObject): HostOffer {
  const { provider, pricing } = host
  const read = isJsonObject(pricing) ? readStatedPrices(pricing, prices).prices.components : []
  return { host: typeof provider === 'string' ? provider : '', components: read }
}

/** Speed and latency are of the last minutes: with them every model would change at every refresh. */
function withoutMeasurements(host: JsonObject): Json {
  return objectWithout(host, ['throughput', 'first_token_latency_ms'])
}
