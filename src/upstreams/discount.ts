/** A discount that is stated beside the prices that it lowers. */
import { Decimal } from 'decimal.js'
import { scaleAmount, type PriceSheet } from '../catalog/price.ts'
import { JsonDecimal, type Json } from '../json.ts'
import { RejectedEntry } from './upstream.ts'

// Enough for 1 − share to be exact.
const Exact = Decimal.clone({ precision: 100 })

/**
 * The prices that are paid, at a discount of `share` (0.1 = ten per cent off). Throws RejectedEntry for
 * a share that is not from 0 to below 1: what then is paid, nobody knows.
 */
export function discounted(sheet: PriceSheet, share: Json | undefined): PriceSheet {
  if (share === undefined || share === null || share === 0) return sheet
  const text = share instanceof JsonDecimal ? share.text : share
  if (typeof text !== 'string' || !/^0?\.\d+$|^0$/.test(text))
    throw new RejectedEntry(
      'discount_invalid',
      `${JSON.stringify(share)} is no discount from 0 to below 1.`,
    )
  const factor = new Exact(1).minus(text).toFixed()
  return {
    ...sheet,
    components: sheet.components.map((component) => ({
      ...component,
      amount: scaleAmount(component.amount, factor),
    })),
  }
}
