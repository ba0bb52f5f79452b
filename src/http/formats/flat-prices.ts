/**
 * What a sheet comes to where a format has one number for a meter: the standard mode, the base tier, no
 * region, no time of day, no date. Formats that cannot say more all stand on this one default.
 */
import {
  componentKey,
  type Meter,
  type PriceComponent,
  type PriceSheet,
} from '../../catalog/price.ts'
import { canonicalDecimal } from '../../json.ts'

/** Decimal text by meter: USD per million tokens, or per unit. Empty where the sheet is in another currency. */
export function flatPrices({
  components,
  currency = 'USD',
}: PriceSheet): ReadonlyMap<Meter, string> {
  const plain = currency === 'USD' ? components.filter(isPlain) : []
  // A cache entry that lives five minutes is the usual one; a price that does not say how long wins.
  const usualLast = plain.toSorted((a, b) => Number(!a.ttl) - Number(!b.ttl))
  return new Map(usualLast.map(({ meter, amount }) => [meter, amount]))
}

function isPlain(component: PriceComponent): boolean {
  const { ttl, unit: _unit, ...others } = component
  return (ttl === undefined || ttl === '5m') && componentKey(others) === component.meter
}

export interface TokenPrices {
  input: string
  output: string
  prices: ReadonlyMap<Meter, string>
}

/**
 * Undefined where input or output has no known price: a format that needs both has no way to say
 * "unknown", and a 0 would say "free".
 */
export function tokenPrices(sheet: PriceSheet): TokenPrices | undefined {
  const prices = flatPrices(sheet)
  const [input, output] = [prices.get('input'), prices.get('output')]
  return sheet.dynamic || input === undefined || output === undefined
    ? undefined
    : { input, output, prices }
}

/** USD per million tokens → USD per token: the point moves, no digit changes. */
export function perToken(amount: string): string {
  return moved(amount, -6)
}

/** USD per million tokens → US cents per token. */
export function centsPerToken(amount: string): string {
  return moved(amount, -4)
}

export function cents(amount: string): string {
  return moved(amount, 2)
}

function moved(amount: string, places: number): string {
  return canonicalDecimal(`${amount}e${places}`) ?? amount
}
