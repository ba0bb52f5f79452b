/**
 * What a setting's text may be. Each schema turns the text of an environment variable into a typed
 * value; its message completes the sentence "<NAME> must be …".
 */
import { isIP } from 'node:net'
import { z } from 'zod'

/** A schema for text that `read` understands; undefined from `read` means that it does not. */
export function textAs<Value>(expectation: string, read: (text: string) => Value | undefined) {
  return z.string().transform((text, context): Value => {
    const value = read(text.trim())
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: `must be ${expectation}`, input: text })
    return z.NEVER
  })
}

const millisecondsPer = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** "500ms", "30s", "15m", "1h", "2d" in milliseconds. A bare number is refused: it has no unit. */
export function readDuration(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text)
  if (!match) return text === '0' ? 0 : undefined
  const [, amount, unit] = match
  return unit === undefined || !isKeyOf(millisecondsPer, unit)
    ? undefined
    : Number(amount) * millisecondsPer[unit]
}

/** The shortest text that `readDuration` reads back: 90000 → "90s". */
export function formatDuration(ms: number): string {
  const unit =
    (['d', 'h', 'm', 's'] as const).find((name) => ms > 0 && ms % millisecondsPer[name] === 0) ??
    'ms'
  return `${ms / millisecondsPer[unit]}${unit}`
}

const bytesPer = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 } as const

/** "64MB" in bytes; KB, MB and GB are powers of 1024, as in PostgreSQL and Redis. */
export function readBytes(text: string): number | undefined {
  const match = /^(\d{1,15})\s*([KMG]?B)?$/i.exec(text)
  if (!match) return undefined
  const [, amount, unit = 'B'] = match
  const name = unit.toUpperCase()
  return isKeyOf(bytesPer, name) ? Number(amount) * bytesPer[name] : undefined
}

export function formatBytes(size: number): string {
  const unit =
    (['GB', 'MB', 'KB'] as const).find((name) => size > 0 && size % bytesPer[name] === 0) ?? 'B'
  return `${size / bytesPer[unit]}${unit}`
}

function isKeyOf<Table extends object>(table: Table, key: PropertyKey): key is keyof Table {
  return Object.hasOwn(table, key)
}

/** At most 24 days: a longer timer overflows 32 bits of milliseconds and fires at once. */
export function duration(atLeast: string) {
  const minimumMs = readDuration(atLeast) ?? 0
  const bounds = minimumMs === 0 ? 'up to 24d' : `from ${atLeast} to 24d`
  return textAs(`a duration with its unit (500ms, 30s, 5m, 1h), ${bounds}`, (text) => {
    const ms = readDuration(text)
    return ms !== undefined && ms >= minimumMs && ms <= 24 * millisecondsPer.d ? ms : undefined
  })
}

export const bytes = textAs('a size from 1KB to 2GB (64MB)', (text) => {
  const size = readBytes(text)
  return size !== undefined && size >= bytesPer.KB && size <= 2 * bytesPer.GB ? size : undefined
})

export function wholeNumber(minimum: number, maximum: number) {
  return textAs(`a whole number from ${minimum} to ${maximum}`, (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    return number >= minimum && number <= maximum ? number : undefined
  })
}

export function readFlag(text: string): boolean | undefined {
  if (/^(true|1|yes|on)$/i.test(text)) return true
  return /^(false|0|no|off)$/i.test(text) ? false : undefined
}

export const flag = textAs('true or false', readFlag)

export function oneOf<const Choice extends string>(choices: readonly Choice[]) {
  return textAs(`one of ${choices.join(', ')}`, (text) =>
    choices.find((choice) => choice === text.toLowerCase()),
  )
}

export function text(expectation: string, pattern: RegExp) {
  return textAs(expectation, (value) => (pattern.test(value) ? value : undefined))
}

export function url(protocols: readonly string[]) {
  const expectation = `a URL that starts with ${protocols.map((name) => `${name}//`).join(' or ')}`
  return textAs(expectation, (value) =>
    protocols.includes(parsedUrl(value)?.protocol ?? '') ? value : undefined,
  )
}

/**
 * An http(s) URL whose requests carry no secret in their line: credentials belong into the key's
 * variable, which never reaches logs or the database.
 */
export function readHttpUrl(value: string): string | undefined {
  const parsed = parsedUrl(value)
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return undefined
  return parsed.username === '' && parsed.password === '' && parsed.hash === '' ? value : undefined
}

export const httpUrlExpectation = 'an http(s) URL without user, password and fragment'

function parsedUrl(value: string): URL | undefined {
  return URL.parse(value) ?? undefined
}

/** Whether requests to it never leave this machine. */
export function isLoopbackUrl(value: string): boolean {
  const host = parsedUrl(value)?.hostname ?? ''
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    /^127(\.\d+){3}$/.test(host)
  )
}

/** How far X-Forwarded-For is believed: so many proxies, or what these addresses and ranges say. */
export const trustedProxies = textAs(
  'a number of proxies from 1 to 32, or a comma list of addresses and ranges (10.0.0.0/8,::1)',
  (value): number | string[] | undefined => {
    if (/^\d+$/.test(value)) return readHops(value)
    const ranges = value.split(',').map((range) => range.trim())
    return ranges.every(isAddressRange) ? ranges : undefined
  },
)

function readHops(text: string): number | undefined {
  const hops = Number(text)
  return hops >= 1 && hops <= 32 ? hops : undefined
}

function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  if (rest.length > 0 || bits < 0) return false
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= bits)
}

export const upstreamId = /^[a-z0-9]+(-[a-z0-9]+)*$/

export const upstreamIds = textAs(
  'a comma list of upstream ids (models-dev,openrouter)',
  (value) => {
    const ids = value.split(',').map((id) => id.trim())
    return ids.every((id) => upstreamId.test(id)) ? [...new Set(ids)] : undefined
  },
)

/** An OpenAI-compatible server that is polled under an id of the operator's choice. */
export const Endpoint = z.object({
  id: z.string(),
  /** Base URL with the version, as SDKs take it: `/models` is appended. */
  url: z.string(),
})
export type Endpoint = z.infer<typeof Endpoint>

/** `id=url[,id=url…]`; a comma inside a URL is kept, since only a comma before `id=` separates. */
export const endpoints = textAs(
  'a comma list of id=base-url (lab=http://gpu1:8000/v1)',
  (value) => {
    if (value === '') return []
    const parts = value
      .split(/,\s*(?=[a-z0-9-]+=)/)
      .map((part) => /^([^=]+)=(.+)$/.exec(part.trim()))
    const read: Endpoint[] = []
    for (const part of parts) {
      const [, id = '', base = ''] = part ?? []
      const address = readHttpUrl(base.replace(/\/+$/, ''))
      if (!upstreamId.test(id) || address === undefined || read.some((other) => other.id === id))
        return undefined
      read.push({ id, url: address })
    }
    return read
  },
)
