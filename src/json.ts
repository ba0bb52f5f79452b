/**
 * JSON whose numbers keep the digits of the text. A number that a binary float could change (a
 * fraction, an exponent, more than 15 digits) becomes a `JsonDecimal`; safe integers stay numbers.
 * `JSON.stringify` writes a `JsonDecimal` back as a number literal with the same digits.
 */
import { readJson, type JsonSources } from './json-reader.ts'

export class JsonDecimal {
  /** Plain decimal: no exponent, no trailing zeros, e.g. "0.0000005". */
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toJSON(): unknown {
    return rawJSON(this.text)
  }

  toString(): string {
    return this.text
  }
}

export type Json = null | boolean | number | string | JsonDecimal | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

// In V8 since 11.4 and in ES2026; TypeScript's lib does not declare it yet.
interface SourceTextAccess {
  rawJSON: (text: string) => unknown
  parse: (
    text: string,
    reviver: (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown,
  ) => unknown
}
const { rawJSON, parse } = JSON as unknown as SourceTextAccess

/** Throws SyntaxError as `JSON.parse` does. A `__proto__` key stays an ordinary own property. */
export function parseJson(text: string): Json {
  return parseJsonWithSources(text).json
}

/** The same, with the text of objects that are longer than a few words. */
export function parseJsonWithSources(text: string): { json: Json; sources: JsonSources } {
  const read = readJson(text, toJsonNumber)
  return read
    ? { json: read.value as Json, sources: read.sources }
    : { json: parse(text, reviveNumber) as Json, sources: new Map() }
}

/** Only what the digits say exactly stays a number: 1.0 is 1, and 1e-400 is not 0. */
function toJsonNumber(source: string): number | JsonDecimal {
  const value = Number(source)
  const plain = canonicalDecimal(source)
  return Number.isSafeInteger(value) && plain === String(value)
    ? value
    : new JsonDecimal(plain ?? source)
}

function reviveNumber(
  this: unknown,
  _key: string,
  value: unknown,
  { source }: { source?: string },
): unknown {
  return typeof value === 'number' && source !== undefined ? toJsonNumber(source) : value
}

/** A copy: text that was cut out of a longer one keeps all of it in memory for as long as it lives. */
export function copyText(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string
}

export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof JsonDecimal)
  )
}

// Most are written in their canonical form already.
const canonicalPattern = /^(?:0|-?[1-9]\d*|-?(?:0|[1-9]\d*)\.\d*[1-9])$/
const decimalPattern = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/

/**
 * The canonical plain form of a decimal literal: "5e-7" → "0.0000005", "1.50" → "1.5", "-0" → "0".
 * Undefined when the text is not a decimal literal. Only moves the point: no arithmetic, no rounding.
 */
export function canonicalDecimal(text: string): string | undefined {
  if (text.length < 64 && canonicalPattern.test(text)) return text
  const match = decimalPattern.exec(text)
  if (!match) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (Math.abs(point) > 4096) return undefined
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0')
  const split = point <= 0 ? 1 : point
  const integer = padded.slice(0, split).replace(/^0+(?=\d)/, '')
  const rest = padded.slice(split).replace(/0+$/, '')
  const plain = rest === '' ? integer : `${integer}.${rest}`
  return plain === '0' ? '0' : sign + plain
}

/** A number of a payload, as `parseJson` gives it, as canonical decimal text; undefined for all else. */
export function numberText(value: unknown): string | undefined {
  if (typeof value === 'number') return canonicalDecimal(String(value))
  return value instanceof JsonDecimal ? canonicalDecimal(value.text) : undefined
}

/**
 * JSON with object keys in code-unit order, so that equal content has equal text. Arrays keep their
 * order: it can carry meaning. Written as loops: it runs over every entry of every payload.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (value instanceof JsonDecimal) return value.text
  let members = ''
  if (Array.isArray(value)) {
    for (const item of value) members += `${members === '' ? '' : ','}${canonicalJson(item)}`
    return `[${members}]`
  }
  for (const [key, member] of sortedEntries(value))
    if (member !== undefined)
      members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`
  return `{${members}}`
}

function sortedEntries(value: object): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
}
