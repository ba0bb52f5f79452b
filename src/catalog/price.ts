/**
 * What a model costs. Amounts are decimal text in the currency's main unit: USD per one million
 * tokens for token meters, USD per unit (request, image, second, …) for all others. They are made
 * from the payload's digits and never pass through a binary float.
 */
import { Decimal } from 'decimal.js'
import { z } from 'zod'
import { canonicalDecimal, numberText } from '../json.ts'

/** Meters that count tokens: amounts are per one million. `input` to `output_audio` have columns. */
export const tokenMeters = [
  'input',
  'output',
  'reasoning',
  'cache_read',
  'cache_write',
  'input_audio',
  'output_audio',
  'cache_read_audio',
  'cache_write_audio',
  'input_image',
  'output_image',
  'input_video',
  'output_video',
  'citation',
] as const

/** Meters that count something else: amounts are per `unit`. */
export const unitMeters = [
  'request',
  'web_search',
  'input_image_each',
  'output_image_each',
  'input_audio_time',
  'output_audio_time',
  'input_video_time',
  'output_video_time',
  'input_time',
  'output_time',
  'input_character',
  'output_character',
  'input_pixel',
  'output_pixel',
  'query',
  'page',
  'session',
  'compute_time',
] as const

export const units = ['mtok', 'each', 'second', 'hour', 'character', 'pixel', 'gb_day'] as const

export const Meter = z.enum([...tokenMeters, ...unitMeters])
export type Meter = z.infer<typeof Meter>

export function isTokenMeter(meter: Meter): boolean {
  return tokenMeters.some((one) => one === meter)
}

/** A daily UTC window in which a price applies: `from` > `to` spans midnight, `from` = `to` is all day. */
export const PriceWindow = z.object({
  /** "HH:MM" in UTC, inclusive. */
  from: z.string(),
  /** "HH:MM" in UTC, exclusive. */
  to: z.string(),
  /**
   * 1 = Monday … 7 = Sunday in UTC, ascending; absent = every day. After midnight a window still belongs
   * to the day on which it began: 22:00 to 02:00 on Fridays ends on Saturday.
   */
  days: z.array(z.number()).optional(),
})
export type PriceWindow = z.infer<typeof PriceWindow>

/**
 * One amount and the circumstances in which it applies. An absent circumstance means "always":
 * no mode is the standard mode, no minTokens is the base tier.
 */
export const PriceComponent = z.object({
  meter: Meter,
  amount: z.string(),
  /** Absent for token meters, which are per million tokens. */
  unit: z.enum(units).optional(),
  /** batch | flex | priority | fast | … */
  mode: z.string().optional(),
  /** Tier: applies when the prompt has more tokens than this. */
  minTokens: z.number().optional(),
  /** `marginal`: only the tokens above the bound cost this. Absent = the whole request does (cliff). */
  tierSemantics: z.literal('marginal').optional(),
  /** Cache write: how long the entry lives, "5m" | "1h" | … Absent = the upstream does not say. */
  ttl: z.string().optional(),
  region: z.string().optional(),
  window: PriceWindow.optional(),
  /** ISO date from which the price is announced to apply (inclusive, UTC). */
  from: z.string().optional(),
  /** ISO date until which the price is announced to apply (exclusive, UTC). */
  until: z.string().optional(),
  /** Further circumstance that has no field of its own, e.g. "1080p", "high". */
  variant: z.string().optional(),
})
export type PriceComponent = z.infer<typeof PriceComponent>

export interface PriceSheet {
  /** ISO 4217; absent = USD. */
  currency?: string
  /** A router's price: it depends on where the request goes. */
  dynamic?: true
  /** In canonical order (`sortComponents`), no key twice. */
  components: PriceComponent[]
}

/** unknown ≠ free ≠ dynamic: only `priced` and `free` have a number that may be used. */
export type PriceState = 'unknown' | 'free' | 'dynamic' | 'priced'

export function priceState(sheet: PriceSheet): PriceState {
  if (sheet.dynamic) return 'dynamic'
  if (sheet.components.length === 0) return 'unknown'
  return sheet.components.every((component) => component.amount === '0') ? 'free' : 'priced'
}

/**
 * The canonical key of a component's circumstances: `input`, `input;mode=batch`,
 * `cache_write;ttl=1h;tier=200000`. Two components of a sheet never share it.
 */
export function componentKey(component: PriceComponent): string {
  return circumstances(component).join(';')
}

/** The part of the key that one source must state as a whole: a meter's tiers, ttls and windows. */
export function ladderKey(component: PriceComponent): string {
  const { meter, mode, region, variant } = component
  return componentKey({
    meter,
    amount: '0',
    ...(mode === undefined ? {} : { mode }),
    ...(region === undefined ? {} : { region }),
    ...(variant === undefined ? {} : { variant }),
  })
}

/** `@16:30-00:30`, `67@00:00-00:00`. */
export function windowKey({ days, from, to }: PriceWindow): string {
  return `${days?.join('') ?? ''}@${from}-${to}`
}

function circumstances(component: PriceComponent): string[] {
  const parts: [string, string | number | undefined][] = [
    ['mode', component.mode],
    ['ttl', component.ttl],
    ['tier', component.minTokens],
    ['tiers', component.tierSemantics],
    ['region', component.region],
    ['window', component.window && windowKey(component.window)],
    ['from', component.from],
    ['until', component.until],
    ['variant', component.variant],
    ['unit', component.unit],
  ]
  return [
    component.meter,
    ...parts.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${value}`),
  ]
}

export function sortComponents(components: readonly PriceComponent[]): PriceComponent[] {
  const keyed = components.map((component) => ({ component, key: componentKey(component) }))
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return keyed.map(({ component }) => component)
}

function isFlat(component: PriceComponent): boolean {
  // With nothing beside meter and amount it needs no key to tell.
  return Object.keys(component).length === 2 || componentKey(component) === component.meter
}

/** The amount of a meter in the standard mode, base tier, no circumstance; undefined = unknown. */
export function flatAmount(sheet: PriceSheet, meter: Meter): string | undefined {
  return sheet.components.find((component) => component.meter === meter && isFlat(component))
    ?.amount
}

/** What an upstream's number means, as a constant of the adapter; never guessed from the magnitude. */
export const priceUnits = {
  usdPerToken: '1000000',
  usdPerThousandTokens: '1000',
  usdPerMillionTokens: '1',
  /** Integers of 1e-4 USD per million tokens (xAI, Novita). */
  tenThousandthsUsdPerMillionTokens: '0.0001',
  /** DeepInfra, Portkey. */
  centsPerToken: '10000',
  /** For meters that do not count tokens. */
  usdPerUnit: '1',
  usdPerThousandUnits: '0.001',
  /** Portkey, for meters that do not count tokens. */
  centsPerUnit: '0.01',
} as const
export type PriceUnit = keyof typeof priceUnits

/** Why a stated price cannot be taken; becomes the reject's reason. */
export class InvalidPrice extends Error {
  readonly reason: 'price_not_a_number' | 'price_negative' | 'price_absurd' | 'price_too_precise'

  constructor(reason: InvalidPrice['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

// Real lists carry the noise of somebody's binary floats: 0.0024499999999999995 USD per million was
// seen at models.dev (2026-09). The columns keep every digit; what is longer than this is no price.
const maxDecimals = 24
// USD 1 per single token, or per image, is beyond anything sold: such a number is a wrong unit.
const absurdAmount = new Decimal(1_000_000)

// Wide enough that a product of two amounts of 18 decimals is exact.
const Exact = Decimal.clone({ precision: 100, toExpNeg: -9e15, toExpPos: 9e15 })

/** For sorting: negative when the first decimal text is less. */
export function compareAmounts(a: string, b: string): number {
  return new Exact(a).comparedTo(b)
}

/** Decimal text, or the word `dynamic`. */
export type Amount = string

/**
 * A stated price as an amount: decimal text, 'dynamic' for the sentinel -1, undefined for absent,
 * null or an empty string (unknown). Accepts numbers as `parseJson` gives them and decimal strings,
 * with a leading "$" only where `dollarSign` says so. Throws InvalidPrice otherwise.
 */
export function readAmount(
  stated: unknown,
  unit: PriceUnit,
  { dollarSign = false }: { dollarSign?: boolean } = {},
): Amount | undefined {
  if (stated === undefined || stated === null || stated === '') return undefined
  const text = decimalText(stated, dollarSign)
  if (text === undefined)
    throw new InvalidPrice(
      'price_not_a_number',
      `${JSON.stringify(stated)} is not a decimal number`,
    )
  if (text === '-1') return 'dynamic'
  if (text.startsWith('-')) throw new InvalidPrice('price_negative', `${text} is negative`)
  return scaleAmount(text, priceUnits[unit])
}

/** amount × factor, exactly. Throws InvalidPrice when the product is absurd or too precise. */
export function scaleAmount(amount: string, factor: string): string {
  const product = new Exact(amount).times(factor)
  if (product.gte(absurdAmount))
    throw new InvalidPrice('price_absurd', `${amount} is beyond any plausible price in this unit`)
  if (product.decimalPlaces() > maxDecimals)
    throw new InvalidPrice('price_too_precise', `${amount} has more than ${maxDecimals} decimals`)
  return product.toFixed()
}

function decimalText(stated: unknown, dollarSign: boolean): string | undefined {
  if (typeof stated !== 'string') return numberText(stated)
  const text = stated.trim()
  return canonicalDecimal(dollarSign && text.startsWith('$') ? text.slice(1) : text)
}
