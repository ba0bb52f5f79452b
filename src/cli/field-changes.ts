/** `price.input: 1.25 → 1.5`: a change of a field in one line. */
import type { FieldChange } from '../catalog/flat-record.ts'
import { canonicalJson, type Json } from '../json.ts'
import { clean, paint } from './terminal.ts'

const longestValue = 60

/** A value as one short word or phrase; `–` where nothing is stated. */
export function showValue(value: Json | undefined): string {
  if (value === undefined || value === null) return '–'
  const text = clean(typeof value === 'string' ? value : canonicalJson(value))
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text
}

export function changeLine({ field, from, to }: FieldChange): string {
  return `${clean(field)}: ${paint.dim(showValue(from))} → ${showValue(to)}`
}
