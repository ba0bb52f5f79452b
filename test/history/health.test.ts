import { describe, expect, it } from 'vitest'
import { healthOf, type Source } from '../../src/history/health.ts'

const now = new Date('2026-11-28T12:00:00Z')
const ok: Source = {
  schedule: '1h',
  lastSuccessAt: new Date('2026-11-28T11:30:00Z'),
  consecutiveFailures: 0,
  circuitState: 'closed',
  requestCount: 10,
  failureCount: 1,
  latencyMsTotal: 2500,
}
const late: Source = { ...ok, lastSuccessAt: new Date('2026-11-28T09:00:00Z') }
const failing: Source = { ...ok, consecutiveFailures: 2 }
const open: Source = { ...ok, circuitState: 'open', consecutiveFailures: 5 }
const never: Source = {
  ...ok,
  lastSuccessAt: null,
  requestCount: 0,
  failureCount: 0,
  latencyMsTotal: 0,
}

describe('health', () => {
  it.each([
    ['healthy', [ok, ok]],
    ['degraded', [ok, late]],
    ['degraded', [ok, failing]],
    ['stale', [late]],
    ['stale', [never]],
    ['unavailable', [failing, open]],
    ['unknown', []],
  ] as const)('is %s', (word, sources) => {
    expect(healthOf(sources, now).health).toBe(word)
  })

  it('counts all requests of all upstreams, and the age of the newest good answer', () => {
    expect(healthOf([ok, late], now)).toEqual({
      health: 'degraded',
      success_rate: 0.9,
      avg_latency_ms: 250,
      total_requests: 20,
      last_verified_at: '2026-11-28T11:30:00.000Z',
      staleness_seconds: 1800,
    })
  })

  it('says nothing of what was never asked', () => {
    expect(healthOf([never], now)).toMatchObject({
      success_rate: null,
      avg_latency_ms: null,
      last_verified_at: null,
      staleness_seconds: null,
    })
  })
})
