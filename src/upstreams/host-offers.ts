/** The price of a model that a router sends to one of several hosts, each with a price of its own. */
import {
  componentKey,
  sortComponents,
  type PriceComponent,
  type PriceSheet,
} from '../catalog/price.ts'
import { canonicalJson } from '../json.ts'

export interface HostOffer {
  host: string
  components: readonly PriceComponent[]
}

/**
 * One price where all hosts that state any ask the same. Otherwise the price depends on where a request
 * goes: the sheet is dynamic, and each host's amounts carry its name as their variant. A host that is
 * listed twice with different amounts has none.
 */
export function priceOfOffers(offers: readonly HostOffer[]): PriceSheet {
  const priced = offers.filter(({ components }) => components.length > 0)
  const [first] = priced
  if (!first) return { components: [] }
  const distinct = new Set(
    priced.map(({ components }) => canonicalJson(sortComponents(components))),
  )
  if (distinct.size === 1) return { components: sortComponents(first.components) }
  const amounts = Map.groupBy(
    priced.flatMap(({ host, components }) =>
      components.map((component) => ({ ...component, variant: host })),
    ),
    componentKey,
  )
  const components = [...amounts.values()].flatMap((same) => {
    const [one] = same
    return one && same.every(({ amount }) => amount === one.amount) ? [one] : []
  })
  return { dynamic: true, components: sortComponents(components) }
}
