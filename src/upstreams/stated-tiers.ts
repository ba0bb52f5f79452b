/** Prices by the length of the prompt, as a list of objects with a bound each. */
import type { PriceComponent } from '../catalog/price.ts'
import type { Json, JsonObject } from '../json.ts'
import { readStatedPrices, type Circumstances, type PriceTable } from './stated-prices.ts'

export interface StatedTier {
  /** For prompts of more tokens than this; 0 = the base. */
  minTokens: number
  prices: JsonObject
}

export interface ReadTiers {
  /** Of the base without a bound. */
  components: PriceComponent[]
  /** Every member of every tier is a component. */
  isWhole: boolean
}

/**
 * Undefined where it is no ladder for certain: no list, one that `read` does not understand, two with one
 * bound, or a price that depends on where a request goes. Nothing of it may be taken then. Throws
 * InvalidPrice.
 */
export function readStatedTiers(
  stated: Json | undefined,
  read: (tier: Json) => StatedTier | undefined,
  table: PriceTable,
  circumstances: Omit<Circumstances, 'of'> = {},
): ReadTiers | undefined {
  if (!Array.isArray(stated)) return undefined
  const tiers = stated.flatMap((tier) => read(tier) ?? [])
  const bounds = new Set(tiers.map(({ minTokens }) => minTokens))
  if (bounds.size < stated.length) return undefined
  const sheets = tiers.map(({ minTokens, prices }) =>
    readStatedPrices(prices, table, {
      ...circumstances,
      of: minTokens === 0 ? {} : { minTokens },
    }),
  )
  if (sheets.some(({ prices }) => prices.dynamic)) return undefined
  return {
    components: sheets.flatMap(({ prices }) => prices.components),
    isWhole: sheets.every(({ rest }) => Object.keys(rest).length === 0),
  }
}
