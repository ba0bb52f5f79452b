/** A row in LiteLLM's names: of its cost map, of a proxy, or of a gateway that took the names over. */
import {
  componentKey,
  isTokenMeter,
  readAmount,
  scaleAmount,
  sortComponents,
  type PriceComponent,
  type PriceSheet,
} from '../catalog/price.ts'
import type { Json, JsonObject } from '../json.ts'
import { readFields } from './litellm-fields.ts'
import { readOffPeak } from './litellm-off-peak.ts'
import { componentOf, presentName, statedUnit } from './litellm-prices.ts'
import { readSearch } from './litellm-search.ts'
import { numberAmount, readTiers } from './litellm-tiers.ts'
import { objectWithout, ownEntries } from './raw-object.ts'
import type { ListingDraft } from './upstream.ts'

/** Throws InvalidPrice. */
export function readLitellmRow(row: JsonObject): ListingDraft {
  const { fields, names } = readFields(row)
  const { sheet, rest } = readLitellmPrices(objectWithout(row, names))
  return { fields, prices: withUplifts(sheet, row), extra: rest }
}

/**
 * The prices of a row, and all else that it states. In the rest, `price_names` tells under which names an
 * amount was written, where that is not just the one that LiteLLM uses at present, and `price_forms` how
 * those were written that are not one number.
 */
export function readLitellmPrices(row: JsonObject): { sheet: PriceSheet; rest: JsonObject } {
  const nested = readNested(row)
  const components = new Map(nested.components.map((one) => [componentKey(one), one]))
  const inForms = new Set(components.keys())
  const names: Record<string, string[]> = {}
  const isTwice = new Set<string>()
  const rest: [string, Json][] = []
  let isDynamic = false
  for (const [name, value] of presentNamesFirst(objectWithout(row, nested.names))) {
    const term = componentOf(name)
    const amount = term && readAmount(value, statedUnit(term.meter))
    if (amount === 'dynamic') isDynamic = true
    const component =
      term && amount !== undefined && amount !== 'dynamic' ? { ...term, amount } : undefined
    const key = component && componentKey(component)
    const known = key === undefined ? undefined : components.get(key)
    // An older name that says something else than the present one is nothing to rely on, nor is a plain
    // price beside the tiers: where there are tiers, LiteLLM charges those.
    if (!component || key === undefined || (known && known.amount !== amount))
      rest.push([name, value])
    else {
      components.set(key, component)
      ;(names[presentName(name)] ??= []).push(name)
      if (inForms.has(key)) isTwice.add(presentName(name))
    }
  }
  const notable = Object.entries(names).filter(
    ([present, written]) => written.join() !== present || isTwice.has(present),
  )
  return {
    sheet: {
      ...(isDynamic ? { dynamic: true } : {}),
      components: sortComponents([...components.values()]),
    },
    rest: {
      ...Object.fromEntries(rest),
      ...nested.rest,
      ...(notable.length > 0 ? { price_names: Object.fromEntries(notable) } : {}),
      ...(Object.keys(nested.forms).length > 0 ? { price_forms: nested.forms } : {}),
    },
  }
}

interface NestedPrices {
  components: PriceComponent[]
  /** The members of the row that became components. */
  names: string[]
  /** By name, what is needed to write the member again beside its amounts. */
  forms: JsonObject
  /** What a member states besides. */
  rest: JsonObject
}

/** Prices that are not one number. */
function readNested(row: JsonObject): NestedPrices {
  const tiers = readTiers(row['tiered_pricing'])
  const offPeak = readOffPeak(row['off_peak_pricing'])
  const search = readSearch(row)
  const hasMore = search && Object.keys(search.rest).length > 0
  return {
    components: [tiers, offPeak, search].flatMap((read) => read?.components ?? []),
    names: [
      ...(tiers ? ['tiered_pricing'] : []),
      ...(offPeak ? ['off_peak_pricing'] : []),
      ...(search ? ['search_context_cost_per_query'] : []),
    ],
    forms: {
      ...(tiers ? { tiered_pricing: tiers.form } : {}),
      ...(offPeak ? { off_peak_pricing: offPeak.form } : {}),
    },
    rest: hasMore ? { search_context_cost_per_query: search.rest } : {},
  }
}

/** So that the outcome does not depend on the order of a row's members. */
function presentNamesFirst(row: JsonObject): [string, Json][] {
  const stated = ownEntries(row)
  return [
    ...stated.filter(([name]) => presentName(name) === name),
    ...stated.filter(([name]) => presentName(name) !== name),
  ]
}

/** Where OpenAI processes a request on demand, for a factor on all prices of tokens. */
const residencies = ['eu', 'us'] as const

/** The factors themselves stay in `extra`: they are what is stated. Throws InvalidPrice. */
function withUplifts(sheet: PriceSheet, row: JsonObject): PriceSheet {
  const perToken = sheet.components.filter(({ meter }) => isTokenMeter(meter))
  const uplifted = residencies.flatMap((region) => {
    const factor = numberAmount(
      row[`regional_processing_uplift_multiplier_${region}`],
      'usdPerUnit',
    )
    return factor === undefined || factor === '0'
      ? []
      : perToken.map((one) => ({ ...one, region, amount: scaleAmount(one.amount, factor) }))
  })
  return uplifted.length === 0
    ? sheet
    : { ...sheet, components: sortComponents([...sheet.components, ...uplifted]) }
}
