/**
 * When an upstream is polled, as text: a duration (`15m`, `1h`, `24h`) or cron of 5 fields, or of 6
 * with seconds first, in UTC. cron-parser reads it, which is what BullMQ fires by.
 */
import { CronExpressionParser } from 'cron-parser'
import { readDuration } from './config-values.ts'
import { PlumblineError } from './errors.ts'

export type Schedule = { kind: 'every'; everyMs: number } | { kind: 'cron'; pattern: string }

/** No upstream is polled more often than this; a loopback one may be, for tests. */
export const shortestIntervalMs = 10_000

/** Throws PlumblineError `invalid_argument` that says what is wrong. */
export function parseSchedule(text: string, minimumMs = shortestIntervalMs): Schedule {
  const schedule = text.trim()
  const everyMs = readDuration(schedule)
  const shortestMs = everyMs ?? shortestCronGapMs(schedule)
  if (shortestMs < minimumMs || shortestMs === 0)
    throw new PlumblineError(
      'invalid_argument',
      `"${text}" is more often than every ${minimumMs / 1000} s, the shortest interval for this upstream`,
    )
  return everyMs === undefined ? { kind: 'cron', pattern: schedule } : { kind: 'every', everyMs }
}

/** From one firing to the next, around a time: what staleness is judged against. */
export function intervalMs(text: string, at: Date): number {
  const schedule = text.trim()
  const everyMs = readDuration(schedule)
  if (everyMs !== undefined) return everyMs
  const [first = at, second = at] = firings(schedule, at, 2)
  return second.getTime() - first.getTime()
}

// A pattern can fire twice in quick succession and then rest: a few firings show the shortest gap.
function shortestCronGapMs(pattern: string): number {
  const times = firings(pattern, new Date(), 10).map((date) => date.getTime())
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
  return gaps.length > 0 ? Math.min(...gaps) : Number.POSITIVE_INFINITY
}

// cron-parser fills in what is missing: it would take "5" for "each minute on Fridays".
const fiveOrSixFields = /^(\S+\s+){4,5}\S+$/

function firings(pattern: string, from: Date, count: number): Date[] {
  try {
    if (!fiveOrSixFields.test(pattern)) throw new SyntaxError('wrong number of fields')
    const cron = CronExpressionParser.parse(pattern, { tz: 'UTC', currentDate: from })
    return cron.take(count).map((date) => date.toDate())
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PlumblineError(
      'invalid_argument',
      `"${pattern}" is neither a duration (15m, 1h, 24h) nor cron of 5 or 6 fields: ${reason}`,
    )
  }
}
