/** Announced prices: what a sheet with dates comes to on a day. Pure. */
import { componentKey, sortComponents, type PriceComponent, type PriceSheet } from './price.ts'

/**
 * The prices in force on the ISO day (UTC) lose their dates, so that they are the flat ones; prices to
 * come keep theirs; past ones go. A dated price in force wins over an undated one beside it.
 */
export function pricesInForce(sheet: PriceSheet, day: string): PriceSheet {
  if (!sheet.components.some(isDated)) return sheet
  const open = sheet.components.filter(({ until }) => until === undefined || day < until)
  const ranked = [...open.filter((one) => !isDated(one)), ...open.filter(isDated)]
  const byKey = new Map<string, PriceComponent>()
  for (const { from, until, ...component } of ranked) {
    const dated =
      from !== undefined && day < from
        ? { ...component, from, ...(until === undefined ? {} : { until }) }
        : component
    byKey.set(componentKey(dated), dated)
  }
  return { ...sheet, components: sortComponents([...byKey.values()]) }
}

function isDated({ from, until }: PriceComponent): boolean {
  return from !== undefined || until !== undefined
}
