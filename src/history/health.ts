/** How well something is known, from what the refreshes really measured. Pure. */
import type { UpstreamState } from './upstream-state.ts'

/** What makes each word; it is the API's documentation, too. */
export const healthWords = {
  healthy: 'every upstream that ever listed it lists it now and answered in time',
  degraded: 'some do, while others are failing, late, or do not list it any more',
  stale: 'none of those that list it has answered in time (two of its intervals)',
  unavailable: 'those that list it are all failing, or none lists it any more',
  unknown: 'no upstream that is polled has ever listed it',
} as const
export type HealthWord = keyof typeof healthWords

/** An upstream that lists it, or did. */
export interface Source extends Pick<
  UpstreamState,
  | 'id'
  | 'lastSuccessAt'
  | 'consecutiveFailures'
  | 'circuitState'
  | 'requestCount'
  | 'failureCount'
  | 'latencyMsTotal'
> {
  /** A server of one's own: whether it lists a model is whether the model runs. */
  runtime: boolean
  /** In the last list of it that was applied. */
  lists: boolean
  /** No good answer for two of its intervals. */
  isLate: boolean
}

export interface Health {
  health: HealthWord
  /** 0 to 1, of all requests ever; null: none was made. */
  success_rate: number | null
  avg_latency_ms: number | null
  total_requests: number
  /** The last good answer of an upstream that lists it. */
  last_verified_at: string | null
  /** Since then; null: never. */
  staleness_seconds: number | null
  /** Upstreams. */
  listed_by: string[]
}

/** Where a runtime of one's own lists it, or did, that alone counts: what others say of it is no news of it. */
export function healthOf(known: readonly Source[], now: Date): Health {
  const runtimes = known.filter(({ runtime }) => runtime)
  const sources = runtimes.length > 0 ? runtimes : known
  const listing = sources.filter(({ lists }) => lists)
  const requests = sum(sources.map(({ requestCount }) => requestCount))
  const failures = sum(sources.map(({ failureCount }) => failureCount))
  const latencyMs = sum(sources.map(({ latencyMsTotal }) => latencyMsTotal))
  const verifiedAt = latest(listing.map(({ lastSuccessAt }) => lastSuccessAt))
  return {
    health: wordFor(sources, listing),
    success_rate: requests > 0 ? rounded(1 - Math.min(failures, requests) / requests, 4) : null,
    avg_latency_ms: requests > 0 ? rounded(latencyMs / requests, 1) : null,
    total_requests: requests,
    last_verified_at: verifiedAt?.toISOString() ?? null,
    staleness_seconds: verifiedAt
      ? Math.max(0, Math.round((now.getTime() - verifiedAt.getTime()) / 1000))
      : null,
    listed_by: listing.map(({ id }) => id).toSorted(),
  }
}

function wordFor(sources: readonly Source[], listing: readonly Source[]): HealthWord {
  if (sources.length === 0) return 'unknown'
  if (listing.every(isFailing)) return 'unavailable'
  const good = listing.filter((source) => !isFailing(source) && !source.isLate)
  if (good.length === 0) return 'stale'
  return good.length === sources.length ? 'healthy' : 'degraded'
}

function isFailing({ consecutiveFailures, circuitState }: Source): boolean {
  return circuitState === 'open' || consecutiveFailures > 0
}

function latest(dates: readonly (Date | null)[]): Date | undefined {
  const times = dates.flatMap((date) => (date ? [date.getTime()] : []))
  return times.length > 0 ? new Date(Math.max(...times)) : undefined
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
