/**
 * LiteLLM's `tiered_pricing`: a list of ranges with their prices. `range` bounds the prompt: the request
 * costs as a whole what the range says in which its input falls, the lower bound excluded and the upper
 * one included; beyond the last range the last one applies (`select_tier_for_input`, seen 2026-08; until
 * v1.98 some of them were computed tier by tier, which no vendor charges). `max_results_range` bounds the
 * results that a search may return, both bounds included.
 */
import {
  componentKey,
  InvalidPrice,
  readAmount,
  type PriceComponent,
  type PriceUnit,
} from '../catalog/price.ts'
import { isJsonObject, JsonDecimal, type Json, type JsonObject } from '../json.ts'
import { componentOf, statedUnit, type PriceTerm } from './litellm-prices.ts'
import { objectWithout, ownEntries } from './raw-object.ts'

export interface ReadForm {
  components: PriceComponent[]
  /** How the row wrote them, for the way back: all but the amounts. */
  form: Json
}

/** Undefined where one of the tiers is not wholly understood: half a ladder would be a wrong price. */
export function readTiers(stated: Json | undefined): ReadForm | undefined {
  if (!Array.isArray(stated) || stated.length === 0) return undefined
  const tiers = stated.map(readTier)
  if (tiers.includes(undefined)) return undefined
  const read = tiers.flatMap((tier) => tier ?? [])
  const components = read.flatMap((tier) => tier.components)
  const isDistinct = new Set(components.map(componentKey)).size === components.length
  return isDistinct && areWhole(stated.filter(isJsonObject))
    ? { components, form: read.map(({ form }) => form) }
    : undefined
}

function readTier(stated: Json): { components: PriceComponent[]; form: JsonObject } | undefined {
  if (!isJsonObject(stated) || 'names' in stated) return undefined
  const priced = ownEntries(stated).filter(([name]) => tierTerm(stated, name))
  const components = priced.flatMap(([name, value]): PriceComponent[] => {
    const term = tierTerm(stated, name)
    const amount = term && numberAmount(value, statedUnit(term.meter))
    return term && amount !== undefined ? [{ ...term, amount }] : []
  })
  if (components.length === 0 || components.length < priced.length) return undefined
  const names = priced.map(([name]) => name)
  return { components, form: { ...objectWithout(stated, names), names } }
}

/** What a price of a tier, or of a tier's form, is the price of. */
export function tierTerm(tier: JsonObject, name: string): PriceTerm | undefined {
  const term = componentOf(name)
  if (!term || term.minTokens !== undefined || term.mode !== undefined) return undefined
  const prompt = boundsOf(tier['range'])
  if (prompt && term.unit === undefined)
    return prompt.lower === 0 ? term : { ...term, minTokens: prompt.lower }
  const results = boundsOf(tier['max_results_range'])
  return results && term.meter === 'query'
    ? { ...term, variant: `${results.lower}-${results.upper} results` }
    : undefined
}

/** Ranges of the prompt follow on one another from 0 on, and each of them states the input's price. */
function areWhole(tiers: readonly JsonObject[]): boolean {
  if (tiers.every((tier) => boundsOf(tier['max_results_range']) && !('range' in tier))) return true
  const ranges = tiers.map((tier) => boundsOf(tier['range']))
  const sorted = ranges.flatMap((range) => range ?? []).sort((a, b) => a.lower - b.lower)
  return (
    sorted.length === tiers.length &&
    sorted.every(({ lower }, index) => lower === (sorted[index - 1]?.upper ?? 0)) &&
    tiers.every((tier) => 'input_cost_per_token' in tier)
  )
}

function boundsOf(range: Json | undefined): { lower: number; upper: number } | undefined {
  if (!Array.isArray(range) || range.length !== 2) return undefined
  const [lower, upper] = range
  const isRange =
    typeof lower === 'number' && typeof upper === 'number' && lower >= 0 && lower < upper
  return isRange ? { lower, upper } : undefined
}

/** A price that is stated as a number; undefined for anything else, which then stays as stated. */
export function numberAmount(value: Json | undefined, unit: PriceUnit): string | undefined {
  if (typeof value !== 'number' && !(value instanceof JsonDecimal)) return undefined
  try {
    const amount = readAmount(value, unit)
    return amount === 'dynamic' ? undefined : amount
  } catch (error) {
    if (error instanceof InvalidPrice) return undefined
    throw error
  }
}
