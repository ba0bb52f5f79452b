/** Prices in words, for people who read feeds. */
import { parseComponentKey } from '../../catalog/component-key.ts'
import type { FieldChange } from '../../catalog/flat-record.ts'
import { percentMove } from '../../catalog/price-move.ts'
import { tokenMeters, type PriceComponent } from '../../catalog/price.ts'
import { canonicalJson, type Json } from '../../json.ts'

const countsTokens = new Set<string>(tokenMeters)

/** `input price 1.25 → 1.00 USD per million tokens (−20 %)`, or what else became of it. */
export function priceWords({ field, from, to }: FieldChange, currency: string): string {
  if (field === 'price.dynamic')
    return to === undefined ? 'price no longer depends on the route' : 'price depends on the route'
  if (field === 'price.currency')
    return `prices in ${statedText(to) ?? 'USD'}, not ${statedText(from) ?? 'USD'}`
  const { label, unit } = componentWords(field.slice('price.'.length))
  const [before, after] = [statedText(from), statedText(to)]
  const per = `${currency} ${unit}`.trimEnd()
  if (before === undefined) return `${label} ${amount(after ?? '')} ${per}`
  if (after === undefined) return `${label} no longer stated, was ${amount(before)} ${per}`
  const move = after === '0' ? 'free now' : before === '0' ? 'was free' : percentOf(before, after)
  return `${label} ${amount(before)} → ${amount(after)} ${per} (${move})`
}

function percentOf(before: string, after: string): string {
  return `${percentMove(before, after) ?? ''} %`
}

/** Input and output first, the plain price before those with circumstances. */
export function byImportance(a: FieldChange, b: FieldChange): number {
  return rank(a) - rank(b) || (a.field < b.field ? -1 : 1)
}

function rank({ field }: FieldChange): number {
  const [meter = '', ...circumstances] = field.slice('price.'.length).split(';')
  const place = tokenMeters.findIndex((name) => name === meter)
  return (place === -1 ? tokenMeters.length : place) + 100 * circumstances.length
}

/** Undefined: nothing is stated. */
export function statedText(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : canonicalJson(value)
}

/** Two decimals at least: 1 → 1.00, 0.125 stays. */
function amount(decimal: string): string {
  const [whole = '', fraction = ''] = decimal.split('.')
  return `${whole}.${fraction.padEnd(2, '0')}`
}

function componentWords(key: string): { label: string; unit: string } {
  const component = readKey(key)
  if (!component) return { label: `${key} price`, unit: '' }
  const label = `${component.meter.replaceAll('_', ' ')} price`
  const circumstances = circumstanceWords(component)
  return {
    label: circumstances.length === 0 ? label : `${label} (${circumstances.join(', ')})`,
    unit: unitWords(component),
  }
}

/** Undefined: a key in words of a release that is not this one. */
function readKey(key: string): PriceComponent | undefined {
  try {
    return parseComponentKey(key, '0')
  } catch {
    return undefined
  }
}

function circumstanceWords(component: PriceComponent): string[] {
  const { mode, ttl, minTokens, region, window, from, until, variant } = component
  return [
    mode ?? [],
    variant ?? [],
    ttl === undefined ? [] : `kept ${ttl}`,
    minTokens === undefined ? [] : `above ${minTokens.toLocaleString('en-US')} tokens`,
    region === undefined ? [] : `in ${region}`,
    window === undefined ? [] : `${window.from}–${window.to} UTC`,
    from === undefined ? [] : `from ${from}`,
    until === undefined ? [] : `until ${until}`,
  ].flat()
}

const unitNames = {
  mtok: 'per million tokens',
  each: 'each',
  second: 'per second',
  hour: 'per hour',
  character: 'per character',
  pixel: 'per pixel',
  gb_day: 'per GB and day',
} as const satisfies Record<NonNullable<PriceComponent['unit']>, string>

function unitWords({ meter, unit }: PriceComponent): string {
  if (unit) return unitNames[unit]
  return countsTokens.has(meter) ? unitNames.mtok : unitNames.each
}
