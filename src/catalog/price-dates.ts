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

/**
 * The first day after `day` on which what is stated comes to something else by itself: a price begins
 * or ends, a deprecation comes into force. ISO date (UTC); null = none is announced.
 */
export function nextChangeOn(
  listings: readonly { fields: { deprecatedAt?: string }; prices: PriceSheet }[],
  day: string,
): string | null {
  const days = listings.flatMap(({ fields, prices }) => [
    fields.deprecatedAt,
    ...prices.components.flatMap(({ from, until }) => [from, until]),
  ])
  const toCome = days.filter((one) => one !== undefined).filter((one) => one > day)
  return toCome.sort()[0] ?? null
}

function isDated({ from, until }: PriceComponent): boolean {
  return from !== undefined || until !== undefined
}
