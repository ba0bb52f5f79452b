/** Prices that stand under names of their own: a table says which meter each is, and in which unit. */
import {
  componentKey,
  readAmount,
  sortComponents,
  type Meter,
  type PriceComponent,
  type PriceSheet,
  type PriceUnit,
} from '../catalog/price.ts'
import type { JsonObject } from '../json.ts'
import { objectWithout } from './raw-object.ts'

export interface StatedPrice {
  unit: PriceUnit
  component: Omit<PriceComponent, 'amount'>
  /** What "0" says: that it costs nothing (the default), or that there is no such thing to pay for. */
  zero?: 'not offered'
}

/** By the upstream's names. Where two of them are one meter, the earlier one counts. */
export type PriceTable = Readonly<Record<string, StatedPrice>>

export function tokenPrice(unit: PriceUnit, meter: Meter): StatedPrice {
  return { unit, component: { meter } }
}

/** Of something that not every model has, as a cache: "0" says that this one has none. */
export function optionalPrice(
  unit: PriceUnit,
  component: Omit<PriceComponent, 'amount'>,
): StatedPrice {
  return { unit, component, zero: 'not offered' }
}

export interface ReadPrices {
  prices: PriceSheet
  /** What has no component, as stated. */
  rest: JsonObject
}

export interface Circumstances {
  /** Of all amounts, e.g. the mode or the tier that this object is about. */
  of?: Partial<PriceComponent>
  dollarSign?: true
}

/** Throws InvalidPrice. "-1" under any name of the table makes the whole sheet dynamic. */
export function readStatedPrices(
  stated: JsonObject,
  table: PriceTable,
  { of = {}, dollarSign }: Circumstances = {},
): ReadPrices {
  const components = new Map<string, PriceComponent>()
  const taken: string[] = []
  const dynamicNames: string[] = []
  for (const [name, { unit, component, zero }] of Object.entries(table)) {
    const amount = readAmount(stated[name], unit, { dollarSign: dollarSign === true })
    if (amount === undefined || (amount === '0' && zero === 'not offered')) continue
    if (amount === 'dynamic') dynamicNames.push(name)
    const priced = { ...component, ...of, amount }
    if (components.has(componentKey(priced))) continue
    components.set(componentKey(priced), priced)
    taken.push(name)
  }
  if (dynamicNames.length > 0)
    return {
      prices: { dynamic: true, components: [] },
      rest: objectWithout(stated, dynamicNames),
    }
  return {
    prices: { components: sortComponents([...components.values()]) },
    rest: objectWithout(stated, taken),
  }
}
