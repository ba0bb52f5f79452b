/**
 * Novita's prices: whole numbers of 1e-4 USD per million tokens (`input_token_price_per_m`: 14000 = 1.40
 * USD), seen recorded for input and output. As documented since, and as others read them: `pricing` says
 * the same once more (`price_per_m`, and `price_per_m_decimal` in USD), and `tiered_billing_configs` by
 * the length of the prompt. Where there are tiers the plain numbers are often 0, which is not free then.
 */
import {
  componentKey,
  readAmount,
  sortComponents,
  type PriceComponent,
  type PriceUnit,
} from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { objectWithout, ownEntries } from './raw-object.ts'
import { restUnder } from './rest-of-row.ts'
import {
  optionalPrice,
  readStatedPrices,
  tokenPrice,
  type PriceTable,
  type ReadPrices,
} from './stated-prices.ts'

const unit: PriceUnit = 'tenThousandthsUsdPerMillionTokens'

const plainPrices: PriceTable = {
  input_token_price_per_m: tokenPrice(unit, 'input'),
  output_token_price_per_m: tokenPrice(unit, 'output'),
  cache_read_input_token_price_per_m: optionalPrice(unit, { meter: 'cache_read' }),
  cache_creation_input_token_price_per_m: optionalPrice(unit, { meter: 'cache_write', ttl: '5m' }),
  cache_creation_1_hour_input_token_price_per_m: optionalPrice(unit, {
    meter: 'cache_write',
    ttl: '1h',
  }),
}

const tieredPlainPrices: PriceTable = Object.fromEntries(
  Object.entries(plainPrices).map(([name, price]) => [name, { ...price, zero: 'not offered' }]),
)

/** What comes first counts: tiers, then the plain numbers, then `pricing`. Throws InvalidPrice. */
export function readNovitaPrices(row: JsonObject): ReadPrices {
  const { tiered_billing_configs: configs, pricing } = row
  const tiers = readTiers(configs)
  const isTiered = tiers !== undefined || row['is_tiered_billing'] === true
  const plain = readStatedPrices(row, isTiered ? tieredPlainPrices : plainPrices)
  const again = isJsonObject(pricing) && !isTiered ? readBucket(pricing, {}) : undefined
  const components = new Map<string, PriceComponent>()
  for (const one of [...(tiers ?? []), ...plain.prices.components, ...(again?.components ?? [])])
    if (!components.has(componentKey(one))) components.set(componentKey(one), one)
  const isCounted = (one: PriceComponent) =>
    components.get(componentKey(one))?.amount === one.amount
  const read = [...(tiers ? ['tiered_billing_configs'] : []), ...(again ? ['pricing'] : [])]
  return {
    prices: { ...plain.prices, components: sortComponents([...components.values()]) },
    rest: {
      ...objectWithout(plain.prices.components.every(isCounted) ? plain.rest : row, read),
      ...(again?.components.every(isCounted)
        ? restUnder('pricing', again.rest)
        : restUnder('pricing', isJsonObject(pricing) ? pricing : {})),
    },
  }
}

/**
 * `[{min_tokens: 1, max_tokens: 256000, pricing}, {min_tokens: 256000, …}]`, in any order. A bound is named
 * by both of its tiers; as at models.dev it belongs to the lower one. Undefined where one tier says more.
 */
function readTiers(configs: Json | undefined): PriceComponent[] | undefined {
  if (!Array.isArray(configs) || configs.length === 0) return undefined
  const bounds = new Set<number>()
  const read = configs.map((config) => {
    if (!isJsonObject(config)) return undefined
    const { min_tokens: from, pricing, ...others } = config
    if (typeof from !== 'number' || from < 0 || !isJsonObject(pricing)) return undefined
    if (Object.keys(objectWithout(others, ['max_tokens'])).length > 0) return undefined
    const minTokens = from <= 1 ? 0 : from
    bounds.add(minTokens)
    const bucket = readBucket(pricing, minTokens === 0 ? {} : { minTokens })
    return Object.keys(bucket.rest).length === 0 ? bucket.components : undefined
  })
  return read.includes(undefined) || bounds.size < configs.length
    ? undefined
    : read.flatMap((components) => components ?? [])
}

const bucketMeters: Readonly<Record<string, Omit<PriceComponent, 'amount'>>> = {
  prompt: { meter: 'input' },
  completion: { meter: 'output' },
  input_cache_read: { meter: 'cache_read' },
  input_cache_write: { meter: 'cache_write', ttl: '5m' },
}

interface Bucket {
  components: PriceComponent[]
  /** What is no price, or one whose two notations disagree, as stated. */
  rest: JsonObject
}

function readBucket(pricing: JsonObject, of: Partial<PriceComponent>): Bucket {
  const components: PriceComponent[] = []
  const rest: [string, Json][] = []
  for (const [name, price] of ownEntries(pricing)) {
    const component = Object.hasOwn(bucketMeters, name) ? bucketMeters[name] : undefined
    const amount = component && amountOf(price)
    const isNone = amount === '0' && component?.meter.startsWith('cache') === true
    if (!component || amount === undefined) rest.push([name, price])
    else if (!isNone) components.push({ ...component, ...of, amount })
  }
  return { components, rest: Object.fromEntries(rest) }
}

/** What both notations say; undefined where they disagree or say more. */
function amountOf(price: Json): string | undefined {
  if (!isJsonObject(price)) return undefined
  const { price_per_m: whole, price_per_m_decimal: decimal, ...more } = price
  const stated = [readAmount(whole, unit), readAmount(decimal, 'usdPerMillionTokens')]
  const [amount, ...others] = new Set(stated.filter((one) => one !== undefined))
  const isSure = others.length === 0 && Object.keys(more).length === 0 && amount !== 'dynamic'
  return isSure ? amount : undefined
}
