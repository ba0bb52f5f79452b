/**
 * What a usage costs by a price sheet: the tier, mode, window, region and time to live that applied.
 * Exact decimals throughout. Pure. Nothing is guessed: a meter without a price makes the total unknown.
 */
import { Decimal } from 'decimal.js'
import { pricesInForce } from './price-dates.ts'
import {
  componentKey,
  isTokenMeter,
  priceState,
  type Meter,
  type PriceComponent,
  type PriceSheet,
  type PriceState,
  type PriceWindow,
} from './price.ts'

/** Quantity per meter, as decimal text: tokens for token meters; seconds for times; else pieces. */
export type Usage = ReadonlyMap<Meter, string>

export interface Circumstances {
  /** Dates and windows are of this moment. */
  at: Date
  /** batch | flex | priority | …; absent = standard. */
  mode?: string | undefined
  region?: string | undefined
  variant?: string | undefined
  /** How long a written cache entry shall live; absent = the shortest that has a price. */
  ttl?: string | undefined
  /** What decides the context tier; absent = all tokens of the prompt. */
  promptTokens?: string | undefined
}

export interface CostLine {
  meter: Meter
  quantity: string
  /** The meter whose price is charged, where the sheet has none of its own (reasoning as output, …). */
  chargedAs: Meter
  /** Canonical key of the component, e.g. `input;tier=200000`. */
  component: string
  /** Per million tokens for token meters, else per `unit`. */
  amount: string
  unit: NonNullable<PriceComponent['unit']>
  cost: string
}

export interface Cost {
  state: PriceState
  currency: string
  /** Null: something that was used has no known price. */
  total: string | null
  lines: CostLine[]
  /** Meters that were used and have no price. */
  unpriced: Meter[]
}

/**
 * Where a sheet has no price for a meter, the bill counts it as another one: providers list cached,
 * reasoning and media tokens only when they cost something else.
 */
const fallbacks: Partial<Record<Meter, Meter>> = {
  reasoning: 'output',
  cache_read: 'input',
  cache_write: 'input',
  input_audio: 'input',
  input_image: 'input',
  input_video: 'input',
  output_audio: 'output',
  output_image: 'output',
  output_video: 'output',
  cache_read_audio: 'cache_read',
  cache_write_audio: 'cache_write',
}

/** What the context window holds before the answer: it decides the tier. */
const promptMeters: readonly Meter[] = [
  'input',
  'cache_read',
  'cache_write',
  'input_audio',
  'input_image',
  'input_video',
  'cache_read_audio',
  'cache_write_audio',
]

// Wide enough that sums of products of 24 decimals are exact.
const maxDecimals = 40
const Exact = Decimal.clone({ precision: 100, toExpNeg: -9e15, toExpPos: 9e15 })

export function costOf(sheet: PriceSheet, usage: Usage, given: Circumstances): Cost {
  const inForce = pricesInForce(sheet, given.at.toISOString().slice(0, 10))
  const applicable = inForce.components.filter((component) => applies(component, given))
  const prompt = given.promptTokens ?? promptTokensOf(usage)
  const lines: CostLine[] = []
  const unpriced: Meter[] = []
  for (const [meter, quantity] of usage) {
    if (new Exact(quantity).isZero()) continue
    const charged = linesOf(applicable, { meter, quantity, prompt, given })
    if (charged.length === 0) unpriced.push(meter)
    lines.push(...charged)
  }
  const isKnown = unpriced.length === 0 && sheet.dynamic !== true
  return {
    state: priceState(sheet),
    currency: sheet.currency ?? 'USD',
    total: isKnown ? sum(lines.map(({ cost }) => cost)) : null,
    lines,
    unpriced,
  }
}

/** The modes, regions, variants and times to live for which a sheet has prices of their own. */
export function circumstancesOf(sheet: PriceSheet, of: 'mode' | 'region' | 'variant' | 'ttl') {
  const stated = sheet.components.flatMap((component) => component[of] ?? [])
  return [...new Set(stated)].sort()
}

/** Today's dated prices are flat already; those to come do not count yet. */
function applies(component: PriceComponent, given: Circumstances): boolean {
  const { mode, region, variant, window, from } = component
  if (from !== undefined) return false
  if (variant !== undefined && variant !== given.variant) return false
  if (mode !== undefined && mode !== given.mode) return false
  if (region !== undefined && region !== given.region) return false
  return window === undefined || isWithin(window, given.at)
}

function isWithin({ from, to, days }: PriceWindow, at: Date): boolean {
  const time = at.toISOString().slice(11, 16)
  // Equal bounds are a whole day.
  const spansMidnight = from >= to
  const isInside = spansMidnight ? time >= from || time < to : time >= from && time < to
  if (!isInside || days === undefined) return isInside
  // After midnight a window still belongs to the day on which it began.
  const began = spansMidnight && time < to ? new Date(at.getTime() - 86_400_000) : at
  return days.includes(began.getUTCDay() || 7)
}

function promptTokensOf(usage: Usage): string {
  return sum(promptMeters.map((meter) => usage.get(meter) ?? '0'))
}

interface Used {
  meter: Meter
  quantity: string
  prompt: string
  given: Circumstances
}

/** One line, or one per tier where tiers are marginal. None: there is no price. */
function linesOf(components: readonly PriceComponent[], used: Used): CostLine[] {
  for (let as: Meter | undefined = used.meter; as !== undefined; as = fallbacks[as]) {
    const own = components.filter(({ meter }) => meter === as)
    const ladder = mostSpecific(own, used.given)
    if (ladder.length > 0) return chargeLadder(ladder, used, as)
  }
  return []
}

/**
 * The components of one meter that name most of the circumstances: the variant, the mode, the region, an
 * open window, in this order; the time to live that was asked for, or the shortest.
 */
function mostSpecific(
  components: readonly PriceComponent[],
  given: Circumstances,
): PriceComponent[] {
  let rest = [...components]
  for (const part of ['variant', 'mode', 'region', 'window'] as const) {
    const stating = rest.filter((component) => component[part] !== undefined)
    if (stating.length > 0) rest = stating
  }
  const ttls = [...new Set(rest.map(({ ttl }) => ttl))]
  const ttl = ttls.includes(given.ttl) ? given.ttl : shortest(ttls)
  return rest.filter((component) => component.ttl === ttl)
}

function shortest(ttls: readonly (string | undefined)[]): string | undefined {
  if (ttls.includes(undefined)) return undefined
  return ttls.toSorted((a, b) => seconds(a) - seconds(b))[0]
}

const secondsPer: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

function seconds(ttl = ''): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(ttl) ?? []
  return Number(count) * (secondsPer[unit] ?? Number.NaN)
}

function chargeLadder(ladder: readonly PriceComponent[], used: Used, as: Meter): CostLine[] {
  const rungs = ladder.toSorted((a, b) => (a.minTokens ?? 0) - (b.minTokens ?? 0))
  const isMarginal = rungs.some(({ tierSemantics }) => tierSemantics === 'marginal')
  if (isMarginal) return chargeSlices(rungs, used, as)
  const reached = rungs.filter(({ minTokens = 0 }) => minTokens === 0 || isAbove(used, minTokens))
  const rung = reached.at(-1)
  return rung ? [line(rung, used, as, used.quantity)] : []
}

function isAbove({ prompt }: Used, minTokens: number): boolean {
  return new Exact(prompt).gt(minTokens)
}

/** Each rung costs only the tokens between its bound and the next one. */
function chargeSlices(rungs: readonly PriceComponent[], used: Used, as: Meter): CostLine[] {
  return rungs.flatMap((rung, index) => {
    const next = rungs[index + 1]?.minTokens
    const total = new Exact(used.quantity)
    const upTo = next === undefined ? total : Decimal.min(total, next)
    const tokens = new Exact(upTo).minus(rung.minTokens ?? 0)
    return tokens.gt(0) ? [line(rung, used, as, tokens.toFixed())] : []
  })
}

function line(component: PriceComponent, used: Used, chargedAs: Meter, quantity: string): CostLine {
  const { amount } = component
  const unit = component.unit ?? (isTokenMeter(component.meter) ? 'mtok' : 'each')
  const exact = new Exact(amount).times(quantity).div(quantityPerUnit[unit])
  // Only a part of an hour has no end; nothing that is charged by the token is rounded.
  const cost = exact.toDecimalPlaces(maxDecimals).toFixed()
  const { meter } = used
  return { meter, quantity, chargedAs, component: componentKey(component), amount, unit, cost }
}

/** How much of a usage's quantity one unit is; times are used in seconds. */
const quantityPerUnit = {
  mtok: 1_000_000,
  each: 1,
  second: 1,
  hour: 3600,
  character: 1,
  pixel: 1,
  gb_day: 1,
} as const satisfies Record<NonNullable<PriceComponent['unit']>, number>

function sum(amounts: readonly string[]): string {
  return amounts.reduce((total, amount) => total.plus(amount), new Exact(0)).toFixed()
}
