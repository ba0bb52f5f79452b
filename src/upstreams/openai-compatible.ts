/**
 * Any server that speaks OpenAI's `GET …/models`: vLLM, LM Studio, a gateway of one's own. The envelope
 * and `id` are common to all; limits and prices go by several names, and no two agree on the unit of a
 * price. So prices are taken only where the declaration names their unit.
 */
import {
  readAmount,
  sortComponents,
  type Meter,
  type PriceSheet,
  type PriceUnit,
} from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { serverUpstream, type CompatibleServer } from './compatible-server.ts'
import { openaiEntries, openaiListing } from './openai-list.ts'
import { objectWithout, ownEntries } from './raw-object.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export interface OpenaiCompatibleServer extends CompatibleServer {
  /** What the numbers under `pricing` mean. Absent = unknown: they stay in `extra`. */
  priceUnit?: PriceUnit
}

export function openaiCompatible({ priceUnit, ...server }: OpenaiCompatibleServer): Upstream {
  return {
    ...serverUpstream(server),
    docs: 'https://platform.openai.com/docs/api-reference/models/list',
    entries: (page) => openaiEntries(page, server.provider),
    listing: (entry) => listing(entry, priceUnit),
  }
}

/** Prices stay in `extra` where nobody said what their numbers mean. */
function listing(entry: Entry, priceUnit: PriceUnit | undefined): ListingDraft {
  const draft = openaiListing(entry)
  const { pricing } = draft.extra
  if (!priceUnit || !isJsonObject(pricing)) return draft
  const { prices, rest } = readPricing(pricing, priceUnit)
  return {
    ...draft,
    prices,
    extra: {
      ...objectWithout(draft.extra, ['pricing']),
      ...(Object.keys(rest).length > 0 ? { pricing: rest } : {}),
    },
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
