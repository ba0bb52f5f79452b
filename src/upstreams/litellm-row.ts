/** A row in LiteLLM's names: of its cost map, of a proxy, or of a gateway that took the names over. */
import {
  componentKey,
  readAmount,
  sortComponents,
  type PriceComponent,
  type PriceSheet,
} from '../catalog/price.ts'
import type { Json, JsonObject } from '../json.ts'
import { readFields } from './litellm-fields.ts'
import { componentOf, presentName, statedUnit } from './litellm-prices.ts'
import { objectWithout, ownEntries } from './raw-object.ts'
import type { ListingDraft } from './upstream.ts'

/** Throws InvalidPrice. */
export function readLitellmRow(row: JsonObject): ListingDraft {
  const { fields, names } = readFields(row)
  const prices = readLitellmPrices(objectWithout(row, names))
  return { fields, prices: prices.sheet, extra: prices.rest }
}

/**
 * The prices of a row, and all else that it states. `price_names` in the rest tells under which names
 * an amount was written, where that is not just the one that LiteLLM uses at present.
 */
export function readLitellmPrices(row: JsonObject): { sheet: PriceSheet; rest: JsonObject } {
  const components = new Map<string, PriceComponent>()
  const names: Record<string, string[]> = {}
  const rest: [string, Json][] = []
  let isDynamic = false
  for (const [name, value] of presentNamesFirst(row)) {
    const term = componentOf(name)
    const amount = term && readAmount(value, statedUnit(term.meter))
    if (amount === 'dynamic') isDynamic = true
    const component =
      term && amount !== undefined && amount !== 'dynamic' ? { ...term, amount } : undefined
    const key = component && componentKey(component)
    const known = key === undefined ? undefined : components.get(key)
    // An older name that says something else than the present one is nothing to rely on.
    if (!component || key === undefined || (known && known.amount !== amount))
      rest.push([name, value])
    else {
      components.set(key, component)
      ;(names[presentName(name)] ??= []).push(name)
    }
  }
  const olderNames = Object.entries(names).filter(
    ([present, written]) => written.join() !== present,
  )
  return {
    sheet: {
      ...(isDynamic ? { dynamic: true } : {}),
      components: sortComponents([...components.values()]),
    },
    rest: {
      ...Object.fromEntries(rest),
      ...(olderNames.length > 0 ? { price_names: Object.fromEntries(olderNames) } : {}),
    },
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
