/** Dates as upstreams state them. What is no date stays where it was stated and is not a field. */

const datePattern = /^\d{4}(-\d{2}(-\d{2})?)?$/

/** "2025", "2025-03" or "2025-03-14", also as the beginning of a timestamp. */
export function dateText(stated: string | null | undefined): string | undefined {
  const [date = ''] = stated?.split('T') ?? []
  return datePattern.test(date) && isDay(date) ? date : undefined
}

/** Not the 30th of February, nor month 13 or 0. */
function isDay(date: string): boolean {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  const utc = new Date(Date.UTC(year, month - 1, day))
  return utc.getUTCMonth() === month - 1 && utc.getUTCDate() === day
}

/**
 * The day on which a model goes, past or announced. Undefined also for one so far away that it says "not
 * in sight", as OpenRouter's 2098-12-31 (seen 2026-08).
 */
export function deprecationDay(stated: string | null | undefined): string | undefined {
  const day = dateText(stated)
  return day !== undefined && day >= '2015' && day < '2090' ? day : undefined
}

// Before 2015 no model was served: 0 and small numbers are placeholders. Above 2100 it is milliseconds.
const earliest = Date.UTC(2015) / 1000
const latest = Date.UTC(2100) / 1000

/** The UTC day of a Unix time in seconds. */
export function dayOfUnixSeconds(seconds: number | null | undefined): string | undefined {
  if (seconds === null || seconds === undefined || seconds < earliest || seconds > latest)
    return undefined
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}
