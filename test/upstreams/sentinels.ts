/**
 * Values that do not mean what they look like, each as the upstream writes it and with what its listing
 * must say. `raw` is put into the smallest entry of the upstream (samples.ts).
 */
import type { ModelFields } from '../../src/catalog/fields.ts'
import type { PriceState } from '../../src/catalog/price.ts'
import { sentinelLimits } from './sentinels-limits.ts'
import { sentinelPrices } from './sentinels-prices.ts'
import { sentinelServing } from './sentinels-serving.ts'

export interface Sentinel {
  upstream: string
  /** What the raw value stands for, as the end of a title. */
  means: string
  raw: Record<string, unknown>
  /** `none`: the entry is no listing. */
  listing: 'none' | ListingFacts
}

export interface ListingFacts {
  price?: PriceState
  /** All amounts, by the keys of their components. */
  amounts?: Record<string, string>
  fields?: ModelFields
  /** Fields that the entry leaves unknown. */
  unknown?: readonly (keyof ModelFields)[]
  /** What stays in `extra` as it was stated. */
  kept?: Record<string, unknown>
}

export const sentinels: readonly Sentinel[] = [
  ...sentinelPrices,
  ...sentinelLimits,
  ...sentinelServing,
]
