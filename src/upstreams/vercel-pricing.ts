/**
 * Vercel's `pricing`: decimal strings, USD per token. `<price>_tiers` bound a price by the length of the
 * prompt, `service_tiers` and `fast` hold the same prices for other modes, `regional` for regions. Not
 * read, since no recorded list has them: what is counted in images, seconds, characters or searches.
 */
import {
  componentKey,
  readAmount,
  sortComponents,
  type PriceComponent,
  type PriceSheet,
} from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { objectWithout, ownEntries } from './raw-object.ts'
import { optionalPrice, readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'

const prices: PriceTable = {
  input: tokenPrice('usdPerToken', 'input'),
  output: tokenPrice('usdPerToken', 'output'),
  input_cache_read: optionalPrice('usdPerToken', { meter: 'cache_read' }),
  input_cache_write: optionalPrice('usdPerToken', { meter: 'cache_write' }),
  audio_input_token_cost: optionalPrice('usdPerToken', { meter: 'input_audio' }),
  audio_output_token_cost: optionalPrice('usdPerToken', { meter: 'output_audio' }),
}

type Circumstances = Partial<PriceComponent>

/** Throws InvalidPrice. `rest` has what was not read, under Vercel's own names. */
export function readVercelPricing(pricing: JsonObject): { prices: PriceSheet; rest: JsonObject } {
  const base = readStatedPrices(pricing, prices)
  if (base.prices.dynamic) return base
  const read = readPrices(pricing, {})
  return { prices: { components: sortComponents(read.components) }, rest: read.rest }
}

interface ReadPrices {
  components: PriceComponent[]
  rest: JsonObject
}

function readPrices(stated: JsonObject, of: Circumstances): ReadPrices {
  const flat = readStatedPrices(stated, prices, { of })
  const components = new Map(flat.prices.components.map((one) => [componentKey(one), one]))
  const rest: [string, Json][] = []
  for (const [name, value] of ownEntries(flat.rest)) {
    const nested = readMember(name, value, of)
    const isRead = nested && !nested.some((one) => contradicts(components, one))
    if (isRead) for (const one of nested) components.set(componentKey(one), one)
    else rest.push([name, value])
  }
  return { components: [...components.values()], rest: Object.fromEntries(rest) }
}

function contradicts(known: ReadonlyMap<string, PriceComponent>, one: PriceComponent): boolean {
  const amount = known.get(componentKey(one))?.amount
  return amount !== undefined && amount !== one.amount
}

/** Undefined where it is no price, or more than a price can say. */
function readMember(name: string, value: Json, of: Circumstances): PriceComponent[] | undefined {
  const tiered = name.endsWith('_tiers') ? prices[name.slice(0, -'_tiers'.length)] : undefined
  if (tiered && Array.isArray(value)) return readTiers(value, { ...tiered.component, ...of })
  if (!isJsonObject(value)) return undefined
  if (name === 'fast') return readWhole(value, { ...of, mode: 'fast' })
  if (name === 'long_context') return readLongContext(value, of)
  if (name === 'service_tiers')
    return readEach(value, (mode, one) => readWhole(one, { ...of, mode }))
  return name === 'regional'
    ? readEach(value, (region, one) => readWhole(one, { ...of, region }))
    : undefined
}

function readWhole(value: JsonObject, of: Circumstances): PriceComponent[] | undefined {
  const { components, rest } = readPrices(value, of)
  return Object.keys(rest).length === 0 ? components : undefined
}

function readEach(
  members: JsonObject,
  read: (name: string, value: JsonObject) => PriceComponent[] | undefined,
): PriceComponent[] | undefined {
  const all = ownEntries(members).map(([name, value]) =>
    isJsonObject(value) ? read(name, value) : undefined,
  )
  return all.includes(undefined) ? undefined : all.flatMap((components) => components ?? [])
}

function readLongContext(value: JsonObject, of: Circumstances): PriceComponent[] | undefined {
  const { threshold } = value
  return typeof threshold === 'number' && threshold > 0
    ? readWhole(objectWithout(value, ['threshold']), { ...of, minTokens: threshold })
    : undefined
}

/**
 * `[{cost, min: 0, max: 200001}, {cost, min: 200001}]`: `min` is inclusive, `max` exclusive, so the second
 * applies above 200,000 tokens. Now and then the two bounds miss each other by one; `max` is then the
 * one that agrees with what the lab publishes.
 */
function readTiers(
  tiers: readonly Json[],
  component: Omit<PriceComponent, 'amount'>,
): PriceComponent[] | undefined {
  const read: PriceComponent[] = []
  let lowerBound = 0
  for (const tier of tiers) {
    const bound = isJsonObject(tier) ? boundOf(tier, lowerBound) : undefined
    const amount = isJsonObject(tier) ? readAmount(tier['cost'], 'usdPerToken') : undefined
    if (!isJsonObject(tier) || bound === undefined) return undefined
    if (amount === undefined || amount === 'dynamic') return undefined
    read.push({ ...component, amount, ...(bound === 0 ? {} : { minTokens: bound }) })
    lowerBound = typeof tier['max'] === 'number' ? tier['max'] : Number.POSITIVE_INFINITY
  }
  return read
}

/** Above how many tokens the tier applies; undefined where it does not follow on the one before. */
function boundOf(tier: JsonObject, previousMax: number): number | undefined {
  const { min = 0 } = tier
  if (typeof min !== 'number') return undefined
  if (previousMax === 0) return min === 0 ? 0 : undefined
  return Math.abs(min - previousMax) <= 1 ? previousMax - 1 : undefined
}
