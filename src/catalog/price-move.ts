/** How far a price went. Pure; exact until it is rounded for people. */
import { Decimal } from 'decimal.js'

/**
 * The change in per cent with its sign, e.g. `−20`, `+8.3`, `+0.01`; whole from 10 on, else one decimal, or
 * as many as it takes to show that it is not 0. Undefined from 0: nothing can be said in per cent.
 */
export function percentMove(from: string, to: string): string | undefined {
  const before = new Decimal(from)
  if (before.isZero()) return undefined
  const percent = new Decimal(to).minus(before).div(before).times(100)
  const size = percent.abs()
  const rounded = size.gte(10) ? size.toDecimalPlaces(0) : size.toDecimalPlaces(1)
  const shown = rounded.isZero() ? size.toSignificantDigits(1) : rounded
  return `${percent.isNegative() ? '−' : '+'}${shown.toFixed()}`
}
