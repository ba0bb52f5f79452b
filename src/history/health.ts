/** How well something is known, from what the refreshes really measured. Pure. */
import { isStale } from './upstream-overview.ts'
import type { UpstreamState } from './upstream-state.ts'

/**
 * healthy: every upstream that lists it answered in time. degraded: some did, some are failing or
 * late. stale: none has answered in time. unavailable: all of them are failing. unknown: none lists it.
 */
export const healthWords = ['healthy', 'degraded', 'stale', 'unavailable', 'unknown'] as const
export type HealthWord = (typeof healthWords)[number]

export type Source = Pick<
  UpstreamState,
  | 'schedule'
  | 'lastSuccessAt'
  | 'consecutiveFailures'
  | 'circuitState'
  | 'requestCount'
  | 'failureCount'
  | 'latencyMsTotal'
>

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
}

export function healthOf(sources: readonly Source[], now: Date): Health {
  const requests = sum(sources.map(({ requestCount }) => requestCount))
  const failures = sum(sources.map(({ failureCount }) => failureCount))
  const latencyMs = sum(sources.map(({ latencyMsTotal }) => latencyMsTotal))
  const verifiedAt = latest(sources.map(({ lastSuccessAt }) => lastSuccessAt))
  return {
    health: wordFor(sources, now),
    success_rate: requests > 0 ? rounded(1 - Math.min(failures, requests) / requests, 4) : null,
    avg_latency_ms: requests > 0 ? rounded(latencyMs / requests, 1) : null,
    total_requests: requests,
    last_verified_at: verifiedAt?.toISOString() ?? null,
    staleness_seconds: verifiedAt
      ? Math.max(0, Math.round((now.getTime() - verifiedAt.getTime()) / 1000))
      : null,
  }
}

function wordFor(sources: readonly Source[], now: Date): HealthWord {
  if (sources.length === 0) return 'unknown'
  const failing = sources.filter(isFailing)
  if (failing.length === sources.length) return 'unavailable'
  const late = sources.filter((source) => isStale(source, now))
  if (late.length === sources.length) return 'stale'
  return failing.length + late.length > 0 ? 'degraded' : 'healthy'
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
