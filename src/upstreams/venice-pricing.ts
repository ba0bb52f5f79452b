/**
 * Venice's prices: USD per one million tokens under `usd`, beside the same in its own units (`diem`,
 * `vcu`), which are left. `extended` holds the prices of prompts beyond `context_token_threshold`. The
 * recorded list has neither caches nor tiers; they are read as documented.
 */
import { sortComponents, type PriceUnit } from '../catalog/price.ts'
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

const unit: PriceUnit = 'usdPerMillionTokens'
const priceTable: PriceTable = {
  input: tokenPrice(unit, 'input'),
  output: tokenPrice(unit, 'output'),
  cache_input: optionalPrice(unit, { meter: 'cache_read' }),
  cache_write: optionalPrice(unit, { meter: 'cache_write' }),
}

/** Each price is an object, of which only `usd` is taken. Throws InvalidPrice. */
export function readVenicePricing(pricing: JsonObject): ReadPrices {
  const { extended } = pricing
  const base = readStatedPrices(usdOf(pricing), priceTable)
  const threshold = isJsonObject(extended) ? extended['context_token_threshold'] : undefined
  if (!isJsonObject(extended) || typeof threshold !== 'number' || threshold <= 0)
    return { prices: base.prices, rest: withoutUsd(pricing, base) }
  const tier = readStatedPrices(usdOf(extended), priceTable, { of: { minTokens: threshold } })
  return {
    prices: {
      ...base.prices,
      components: sortComponents([...base.prices.components, ...tier.prices.components]),
    },
    rest: {
      ...withoutUsd(objectWithout(pricing, ['extended']), base),
      ...restUnder('extended', withoutUsd(extended, tier)),
    },
  }
}

function usdOf(pricing: JsonObject): JsonObject {
  const stated = ownEntries(pricing).filter(([, price]) => isJsonObject(price) && 'usd' in price)
  return Object.fromEntries(
    stated.map(([name, price]) => [name, isJsonObject(price) ? (price['usd'] ?? null) : null]),
  )
}

/** What else is stated of each price, and whole those whose `usd` was not taken. */
function withoutUsd(pricing: JsonObject, { rest }: ReadPrices): JsonObject {
  const usd = usdOf(pricing)
  const left = ownEntries(pricing).map(([name, price]): [string, Json] => {
    const isTaken = Object.hasOwn(usd, name) && !Object.hasOwn(rest, name)
    return [name, isTaken && isJsonObject(price) ? objectWithout(price, ['usd']) : price]
  })
  return Object.fromEntries(
    left.filter(([, price]) => !isJsonObject(price) || Object.keys(price).length > 0),
  )
}
