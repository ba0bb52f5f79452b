/** Times and amounts in words. */

/** "now", "40 s", "5 min", "3 h", "2 d": how long before `now`; "never" without a time. */
export function age(at: Date | null, now: Date = new Date()): string {
  if (!at) return 'never'
  const seconds = Math.max(0, (now.getTime() - at.getTime()) / 1000)
  if (seconds < 1) return 'now'
  if (seconds < 100) return `${Math.floor(seconds)} s`
  if (seconds < 100 * 60) return `${Math.floor(seconds / 60)} min`
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** "85 ms", "1.4 s", "3 min 20 s". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 100_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

/** From start to end, or until now. */
export function elapsed(startedAt: Date | null, endedAt: Date | null, now = new Date()): string {
  return startedAt ? duration((endedAt ?? now).getTime() - startedAt.getTime()) : ''
}

/** "1 model", "2 models". */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(number)} ${number === 1 ? noun : plural}`
}

/** Thousands with a narrow gap would not be copied as a number: none below 10,000, a comma above. */
export function grouped(number: number): string {
  return number < 10_000 ? String(number) : number.toLocaleString('en-US')
}
