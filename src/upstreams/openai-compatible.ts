/**
 * Any server that speaks OpenAI's `GET …/models`: vLLM, LM Studio, a gateway of one's own. The envelope
 * and `id` are common to all; limits and prices go by several names, and no two agree on the unit of a
 * price. So prices are taken only where the declaration names their unit.
 */
import { z } from 'zod'
import {
  readAmount,
  sortComponents,
  type Meter,
  type PriceSheet,
  type PriceUnit,
} from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { upstreamEnvId } from '../upstream-settings.ts'
import { knownFields, knownLimit, withoutNulls } from './known-fields.ts'
import { payloadList, statedId } from './payload-list.ts'
import { objectWithout, ownEntries } from './raw-object.ts'
import { dayOfUnixSeconds } from './stated-dates.ts'
import type { Entry, Item, ListingDraft, ParsedPage, Upstream } from './upstream.ts'

export interface OpenaiCompatibleServer {
  id: string
  /** The base, e.g. "http://gpu1:8000/v1"; `/models` is added unless it is there. */
  url: string
  provider: string
  /** Default: `<ID>_API_KEY`. */
  keyEnv?: string
  /** What the numbers under `pricing` mean. Absent = unknown: they stay in `extra`. */
  priceUnit?: PriceUnit
}

export function openaiCompatible({
  id,
  url,
  provider,
  keyEnv = `${upstreamEnvId(id)}_API_KEY`,
  priceUnit,
}: OpenaiCompatibleServer): Upstream {
  return {
    id,
    title: id,
    docs: 'https://platform.openai.com/docs/api-reference/models/list',
    url: modelsUrl(url),
    key: { env: keyEnv, required: false, headers: (key) => ({ authorization: `Bearer ${key}` }) },
    adapterVersion: 1,
    schedule: '1h',
    provider,
    rank: 4,
    authoritative: 'all',
    complete: true,
    minimumEntries: 1,
    maxBytes: 32 * 2 ** 20,
    verified: true,
    entries: (page) => entries(page, provider),
    listing: (entry) => listing(entry, priceUnit),
  }
}

function modelsUrl(base: string): string {
  const url = new URL(base)
  const path = url.pathname.replace(/\/+$/, '')
  url.pathname = path.endsWith('/models') ? path : `${path}/models`
  return url.href
}

function* entries(page: ParsedPage, provider: string): Generator<Item> {
  for (const raw of payloadList(page, 'data'))
    yield { kind: 'entry', provider, modelId: statedId(raw), raw }
}

const limit = z.int().nonnegative().nullish()

const OpenaiCompatibleEntry = z.object({
  name: z.string().nullish(),
  display_name: z.string().nullish(),
  // Anthropic's API and a few others write a timestamp here; that stays in extra.
  created: z.union([z.int(), z.unknown()]).nullish(),
  context_length: limit,
  max_model_len: limit,
  context_window: limit,
})

function listing({ raw }: Entry, priceUnit: PriceUnit | undefined): ListingDraft {
  const stated = OpenaiCompatibleEntry.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const priced =
    priceUnit && isJsonObject(entry['pricing'])
      ? readPricing(entry['pricing'], priceUnit)
      : undefined
  return {
    fields: knownFields({
      name: stated.display_name || stated.name || undefined,
      releaseDate:
        typeof stated.created === 'number' ? dayOfUnixSeconds(stated.created) : undefined,
      contextWindow:
        knownLimit(stated.context_length) ??
        knownLimit(stated.max_model_len) ??
        knownLimit(stated.context_window),
    }),
    prices: priced?.prices ?? { components: [] },
    extra: withoutNulls({
      ...objectWithout(entry, ['id', ...(priced ? ['pricing'] : [])]),
      ...(priced && Object.keys(priced.rest).length > 0 ? { pricing: priced.rest } : {}),
    }),
  }
}

const pricingMeters: Record<string, Meter> = {
  prompt: 'input',
  input: 'input',
  completion: 'output',
  output: 'output',
  input_cache_read: 'cache_read',
  input_cache_reads: 'cache_read',
  cache_read: 'cache_read',
  input_cache_write: 'cache_write',
  input_cache_writes: 'cache_write',
  cache_write: 'cache_write',
}

interface ReadPricing {
  prices: PriceSheet
  rest: JsonObject
}

/** Two names for one meter, and names without one, stay in `rest`. */
function readPricing(pricing: JsonObject, unit: PriceUnit): ReadPricing {
  const amounts = new Map<Meter, string>()
  const rest: [string, Json][] = []
  for (const [key, value] of ownEntries(pricing)) {
    const meter = Object.hasOwn(pricingMeters, key) ? pricingMeters[key] : undefined
    const amount = meter && readAmount(value, unit)
    if (amount === 'dynamic') return { prices: { dynamic: true, components: [] }, rest: pricing }
    if (meter === undefined || amount === undefined || amounts.has(meter)) rest.push([key, value])
    else amounts.set(meter, amount)
  }
  const components = [...amounts].map(([meter, amount]) => ({ meter, amount }))
  return { prices: { components: sortComponents(components) }, rest: Object.fromEntries(rest) }
}
