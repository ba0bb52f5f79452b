/**
 * Fireworks' prices: a list of `{sku, amount, unit}`, and under `service_tiers` (which the adapter joins
 * from the rows of one model) the same once more per tier. Only the known goods in the known unit are
 * taken; all else stays as stated.
 */
import {
  readAmount,
  sortComponents,
  type Meter,
  type PriceComponent,
  type PriceSheet,
} from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { objectWithout } from './raw-object.ts'

const meters: Readonly<Record<string, Meter>> = {
  'LLM input tokens (uncached)': 'input',
  'LLM input tokens (cached)': 'cache_read',
  'LLM output tokens': 'output',
}

export interface ReadSkus {
  prices: PriceSheet
  extra: JsonObject
}

/** Throws InvalidPrice. */
export function readSkus(entry: JsonObject): ReadSkus {
  const { pricing, service_tiers: tiers } = entry
  const base = readSkuList(pricing, modeOf(entry) ?? {})
  const others = (Array.isArray(tiers) ? tiers : []).filter(isJsonObject).map((tier) => {
    const mode = modeOf(tier)
    // Without a word for the tier its prices would be taken for those of the base.
    const read = mode
      ? readSkuList(tier['pricing'], mode)
      : { components: [], rest: pricingOf(tier) }
    return { tier, ...read }
  })
  return {
    prices: {
      components: sortComponents([base, ...others].flatMap(({ components }) => components)),
    },
    extra: {
      ...base.rest,
      ...(others.length > 0
        ? {
            service_tiers: others.map(({ tier, rest }) => ({
              ...objectWithout(tier, ['pricing']),
              ...rest,
            })),
          }
        : {}),
    },
  }
}

/** The tier that a request has to ask for. */
function modeOf({ service_tier: tier }: JsonObject): Pick<PriceComponent, 'mode'> | undefined {
  return typeof tier === 'string' && tier !== '' ? { mode: tier } : undefined
}

function pricingOf({ pricing }: JsonObject): JsonObject {
  return pricing === undefined || pricing === null ? {} : { pricing }
}

function readSkuList(
  pricing: Json | undefined,
  mode: Pick<PriceComponent, 'mode'>,
): { components: PriceComponent[]; rest: JsonObject } {
  if (!Array.isArray(pricing))
    return { components: [], rest: pricing === undefined ? {} : pricingOf({ pricing }) }
  const components = new Map<Meter, PriceComponent>()
  const rest: Json[] = []
  for (const item of pricing) {
    const meter = meterOf(item)
    const amount =
      meter && isJsonObject(item) ? readAmount(item['amount'], 'usdPerMillionTokens') : undefined
    if (
      meter === undefined ||
      amount === undefined ||
      amount === 'dynamic' ||
      components.has(meter)
    )
      rest.push(item)
    else components.set(meter, { meter, ...mode, amount })
  }
  return {
    components: [...components.values()],
    rest: rest.length > 0 ? { pricing: rest } : {},
  }
}

function meterOf(item: Json): Meter | undefined {
  if (!isJsonObject(item) || item['unit'] !== '1M tokens') return undefined
  const { sku } = item
  return typeof sku === 'string' && Object.hasOwn(meters, sku) ? meters[sku] : undefined
}
