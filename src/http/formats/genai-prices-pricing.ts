/**
 * A sheet as genai-prices writes it: one object of prices, or a list of them with conditions that is read
 * from its end. Windows of certain weekdays, regions and modes have no place; the standard price stands
 * for them. Past prices are not in it: the API has them under `…/prices?at=`.
 */
import { z } from 'zod'
import {
  componentKey,
  sortComponents,
  type PriceComponent,
  type PriceSheet,
} from '../../catalog/price.ts'
import {
  canonicalDecimal,
  canonicalJson,
  isJsonObject,
  JsonDecimal,
  type Json,
  type JsonObject,
} from '../../json.ts'
import { pricedKeys, readGenaiPrices } from '../../upstreams/genai-prices-pricing.ts'
import { coverPrices, type NamedPrices } from './genai-prices-coverage.ts'

const Amount = z.number().nonnegative()
const Price = z.union([
  Amount,
  z.strictObject({
    base: Amount,
    tiers: z.array(z.strictObject({ start: z.int().nonnegative(), price: Amount })),
  }),
])
const Prices = z.record(z.string(), Price)
const Constraint = z.union([
  z.strictObject({ start_date: z.iso.date() }),
  z.strictObject({ start_time: z.string(), end_time: z.string() }),
])

/** What its clients take; a condition that they do not know makes them refuse the whole document. */
export const GenaiPrices = z.union([
  Prices,
  z.array(z.object({ constraint: Constraint.optional(), prices: Prices })),
])

const names = new Map(
  Object.entries(pricedKeys).map(([name, { component, unit }]) => [
    componentKey({ ...component, amount: '0' }),
    { name, places: unit === 'usdPerThousandUnits' ? 3 : 0 },
  ]),
)

/** Undefined where nothing is priced that the format could say. `stated` is what genai-prices says besides. */
export function renderGenaiPrices(sheet: PriceSheet, stated: Json | undefined): Json | undefined {
  if (Array.isArray(stated) && isTaken(stated) && saysTheSame(sheet, stated)) return stated
  if (sheet.dynamic || (sheet.currency ?? 'USD') !== 'USD') return undefined
  const rest = isJsonObject(stated) && isTaken(stated) ? stated : {}
  const { base, conditional } = casesOf(sheet.components)
  const basePrices = { ...rest, ...base }
  if (Object.keys(basePrices).length === 0) return undefined
  if (conditional.length === 0) return coverPrices(basePrices)
  return [
    { prices: coverPrices(basePrices) },
    ...conditional.map(({ constraint, prices }) => ({
      constraint,
      prices: coverPrices({ ...basePrices, ...prices }),
    })),
  ]
}

function isTaken(stated: Json): boolean {
  return GenaiPrices.safeParse(JSON.parse(JSON.stringify(stated))).success
}

/** A list that has more than components can say is given back as it was, while it says the same. */
function saysTheSame({ components }: PriceSheet, stated: Json): boolean {
  const flat = (all: readonly PriceComponent[]) =>
    canonicalJson(sortComponents(all.map(({ from: _from, until: _until, ...one }) => one)))
  return flat(components) === flat(readGenaiPrices(stated).prices.components)
}

interface ConditionalPrices {
  constraint: JsonObject
  prices: NamedPrices
}

/** In the order of the list: windows, then what is announced, by date; the last one that holds counts. */
function casesOf(components: readonly PriceComponent[]): {
  base: NamedPrices
  conditional: ConditionalPrices[]
} {
  const byCase = Map.groupBy(components, ({ from, window }) => {
    if (window?.days !== undefined || (window && from !== undefined)) return 'unsaid'
    if (window) return `window ${window.from} ${window.to}`
    return from === undefined ? 'base' : `from ${from}`
  })
  const conditional = [...byCase]
    .filter(([name]) => name !== 'base' && name !== 'unsaid')
    .sort(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
    .map(([name, ofCase]) => ({ constraint: constraintOf(name), prices: pricesOf(ofCase) }))
    .filter(({ prices }) => Object.keys(prices).length > 0)
  return { base: pricesOf(byCase.get('base') ?? []), conditional }
}

function rankOf(name: string): number {
  return name.startsWith('window') ? 0 : 1
}

function constraintOf(name: string): JsonObject {
  const [kind, from = '', to = ''] = name.split(' ')
  return kind === 'window'
    ? { start_time: `${from}:00Z`, end_time: `${to}:00Z` }
    : { start_date: from }
}

/** Of one case: by name, with its tiers. A tier without a base price has nothing to stand on. */
function pricesOf(components: readonly PriceComponent[]): NamedPrices {
  const named = components.flatMap((component) => {
    const { minTokens, from: _from, until: _until, window: _window, ...rest } = component
    const known = component.tierSemantics === undefined ? names.get(componentKey(rest)) : undefined
    return known ? [{ ...known, minTokens, amount: component.amount }] : []
  })
  return Object.fromEntries(
    [...Map.groupBy(named, ({ name }) => name)].flatMap(([name, steps]) => {
      const price = ladderOf(steps)
      return price === undefined ? [] : [[name, price]]
    }),
  )
}

interface Step {
  places: number
  minTokens: number | undefined
  amount: string
}

function ladderOf(steps: readonly Step[]): Json | undefined {
  const base = steps.find(({ minTokens }) => minTokens === undefined)
  if (!base) return undefined
  const tiers = steps.flatMap(({ minTokens, ...step }) =>
    minTokens === undefined ? [] : [{ start: minTokens, price: amountOf(step) }],
  )
  if (tiers.length === 0) return amountOf(base)
  return { base: amountOf(base), tiers: tiers.toSorted((a, b) => a.start - b.start) }
}

function amountOf({ amount, places }: Pick<Step, 'amount' | 'places'>): JsonDecimal {
  return new JsonDecimal(canonicalDecimal(`${amount}e${places}`) ?? amount)
}
