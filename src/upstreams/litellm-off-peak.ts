/**
 * LiteLLM's `off_peak_pricing`: rates that replace the usual ones, tiers included, at the hours of
 * `hours_utc` ("16:30-00:30", one or several; every day) and of `windows` (the same with `weekdays`).
 * Hours are UTC and may span midnight, equal bounds are all day. The weekday is that of the moment, in
 * `weekday_timezone` or else in UTC. https://docs.litellm.ai/docs/proxy/off_peak_pricing, seen 2026-09;
 * no recorded map has it yet.
 */
import { z } from 'zod'
import { componentKey, windowKey, type PriceComponent, type PriceWindow } from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { componentOf, statedUnit } from './litellm-prices.ts'
import { numberAmount, type ReadForm } from './litellm-tiers.ts'
import { objectWithout } from './raw-object.ts'

/** The rates that a block can replace, by the names of a row. */
export const offPeakNames = [
  'input_cost_per_token',
  'output_cost_per_token',
  'output_cost_per_reasoning_token',
  'cache_read_input_token_cost',
  'cache_creation_input_token_cost',
] as const

/** Undefined where the hours or a rate are not understood: a price at the wrong hour is a wrong price. */
export function readOffPeak(block: Json | undefined): ReadForm | undefined {
  if (!isJsonObject(block)) return undefined
  const windows = offPeakWindows(block)
  const stated = offPeakNames.filter((name) => name in block)
  const components = stated.flatMap((name): PriceComponent[] => {
    const term = componentOf(name)
    const amount = term && numberAmount(block[name], statedUnit(term.meter))
    return term && amount !== undefined
      ? (windows ?? []).map((window) => ({ ...term, window, amount }))
      : []
  })
  const isWhole = windows !== undefined && components.length === stated.length * windows.length
  return isWhole && components.length > 0
    ? { components, form: objectWithout(block, stated) }
    : undefined
}

const Hours = z.union([z.string(), z.array(z.string())])
const Weekday = z.union([z.int().min(1).max(7), z.string()])

const Schedule = z.object({
  hours_utc: Hours.optional(),
  windows: z
    .array(z.object({ hours_utc: Hours, weekdays: z.array(Weekday).optional() }))
    .optional(),
  weekday_timezone: z.string().optional(),
})

/** All windows of a block, in UTC, none twice; undefined where one of them cannot be told. */
export function offPeakWindows(block: JsonObject): PriceWindow[] | undefined {
  const schedule = Schedule.safeParse(block).data
  if (!schedule) return undefined
  const rules = [
    ...(schedule.hours_utc === undefined ? [] : [{ hours_utc: schedule.hours_utc }]),
    ...(schedule.windows ?? []),
  ]
  const windows = rules.map((rule) => ruleWindows(rule, schedule.weekday_timezone))
  if (windows.includes(undefined)) return undefined
  const byKey = new Map(windows.flatMap((each) => each ?? []).map((one) => [windowKey(one), one]))
  return [...byKey.values()]
}

interface Rule {
  hours_utc: string | string[]
  weekdays?: (string | number)[] | undefined
}

function ruleWindows(
  { hours_utc: hours, weekdays }: Rule,
  zone: string | undefined,
): PriceWindow[] | undefined {
  const spans = [hours].flat().map(spanOf)
  const days = weekdays?.map(dayNumber)
  const aheadMinutes = zoneMinutes(zone)
  if (spans.includes(undefined) || days?.includes(undefined)) return undefined
  const known = spans.flatMap((span) => span ?? [])
  if (!days) return known.map(({ from, to }) => ({ from: clock(from), to: clock(to) }))
  if (aheadMinutes === undefined || days.length === 0) return undefined
  const calendarDays = days.flatMap((day) => day ?? [])
  return known.flatMap((span) => utcWindows(span, calendarDays, aheadMinutes))
}

/** In minutes of the day; `to` ≤ `from` spans midnight. */
interface Span {
  from: number
  to: number
}

function spanOf(hours: string): Span | undefined {
  const [, h1, m1, h2, m2] =
    /^\s*([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)\s*$/.exec(hours) ?? []
  return h1 === undefined
    ? undefined
    : { from: Number(h1) * 60 + Number(m1), to: Number(h2) * 60 + Number(m2) }
}

const midnight = 24 * 60

/**
 * LiteLLM looks at the weekday of the moment, a window belongs to the day on which it began: so one that
 * spans midnight is cut there. A calendar that is ahead of UTC turns its page before midnight: the hours
 * after that belong to its next day, so they are a window of their own, whose days in UTC are one earlier.
 */
function utcWindows(
  { from, to }: Span,
  days: readonly number[],
  aheadMinutes: number,
): PriceWindow[] {
  const turn = midnight - aheadMinutes
  const dayBefore = days.map((day) => (day === 1 ? 7 : day - 1))
  const pieces =
    from < to
      ? [{ from, to }]
      : [
          { from, to: midnight },
          { from: 0, to },
        ]
  return pieces.flatMap((piece) => [
    ...windowOf({ from: piece.from, to: Math.min(piece.to, turn) }, days),
    ...windowOf({ from: Math.max(piece.from, turn), to: piece.to }, dayBefore),
  ])
}

function windowOf({ from, to }: Span, days: readonly number[]): PriceWindow[] {
  return from < to ? [{ from: clock(from), to: clock(to), days: sorted(days) }] : []
}

function sorted(days: readonly number[]): number[] {
  return [...new Set(days)].sort((a, b) => a - b)
}

function clock(minutes: number): string {
  const part = (value: number) => String(value).padStart(2, '0')
  return `${part(Math.floor(minutes / 60) % 24)}:${part(minutes % 60)}`
}

const weekdayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const weekdayPattern =
  /^(mon(day)?|tue(s|sday)?|wed(nesday)?|thu(r|rs|rsday)?|fri(day)?|sat(urday)?|sun(day)?)$/

function dayNumber(day: string | number): number | undefined {
  if (typeof day === 'number') return day
  const name = day.trim().toLowerCase()
  return weekdayPattern.test(name) ? weekdayNames.indexOf(name.slice(0, 3)) + 1 : undefined
}

/** Only calendars that never change their clocks have one answer; those of the vendors that do this. */
const minutesAheadOfUtc: Readonly<Record<string, number>> = {
  UTC: 0,
  'Etc/UTC': 0,
  'Asia/Shanghai': 8 * 60,
  'Asia/Hong_Kong': 8 * 60,
  'Asia/Singapore': 8 * 60,
  'Asia/Tokyo': 9 * 60,
}

function zoneMinutes(zone = 'UTC'): number | undefined {
  return Object.hasOwn(minutesAheadOfUtc, zone) ? minutesAheadOfUtc[zone] : undefined
}

/** The name of a rate's component, window aside; undefined for what a block cannot replace. */
export function offPeakName({ window: _window, ...term }: PriceComponent): string | undefined {
  const key = componentKey(term)
  return offPeakNames.find((name) => key === keyOfName(name))
}

function keyOfName(name: string): string | undefined {
  const term = componentOf(name)
  return term && componentKey({ ...term, amount: '0' })
}
