/** From the canonical key of a price component (price.ts, `componentKey`) back to its parts. */
import { z } from 'zod'
import { PriceComponent, type PriceWindow } from './price.ts'

const StrictComponent = z.strictObject(PriceComponent.shape)

/** Where the key's word is not the field's name. */
const fieldOfWord: Readonly<Record<string, keyof PriceComponent>> = {
  tier: 'minTokens',
  tiers: 'tierSemantics',
}

/**
 * `input`, `input;mode=batch`, `cache_write;ttl=1h;tier=200000`, … Throws ZodError for what is no key,
 * unknown circumstances included.
 */
export function parseComponentKey(key: string, amount: string): PriceComponent {
  const [meter, ...conditions] = key.split(';')
  return StrictComponent.parse({
    ...Object.fromEntries(conditions.map(readCondition)),
    meter,
    amount,
  })
}

/** A value may have `=` in it, a name has none. */
function readCondition(condition: string): [field: string, value: string | number | PriceWindow] {
  const end = condition.indexOf('=')
  const [word, value] = [condition.slice(0, end), condition.slice(end + 1)]
  const field = fieldOfWord[word] ?? word
  if (field === 'minTokens') return [field, Number(value)]
  return [field, field === 'window' ? readWindow(value) : value]
}

/** `12345@01:00-04:00`; without days `@01:00-04:00`. */
function readWindow(text: string): PriceWindow {
  const [days = '', times = ''] = text.split('@')
  const [from = '', to = ''] = times.split('-')
  return { from, to, ...(days === '' ? {} : { days: days.split('').map(Number) }) }
}
