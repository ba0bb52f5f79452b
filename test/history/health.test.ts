import { describe, expect, it } from 'vitest'
import { healthOf, type Source } from '../../src/history/health.ts'

const now = new Date('2026-11-28T12:00:00Z')
const ok: Source = {
  id: 'aggregator',
  runtime: false,
  lists: true,
  isLate: false,
  lastSuccessAt: new Date('2026-11-28T11:30:00Z'),
  consecutiveFailures: 0,
  circuitState: 'closed',
  requestCount: 10,
  failureCount: 1,
  latencyMsTotal: 2500,
}
const late: Source = { ...ok, isLate: true, lastSuccessAt: new Date('2026-11-28T09:00:00Z') }
const failing: Source = { ...ok, consecutiveFailures: 2 }
const open: Source = { ...ok, circuitState: 'open', consecutiveFailures: 5 }
const gone: Source = { ...ok, lists: false }
const ollama: Source = { ...ok, id: 'ollama', runtime: true }
const unloaded: Source = { ...ollama, lists: false }
const never: Source = {
  ...ok,
  isLate: true,
  lastSuccessAt: null,
  requestCount: 0,
  failureCount: 0,
  latencyMsTotal: 0,
}

describe('health', () => {
  it.each([
    ['healthy', 'all list it', [ok, ok]],
    ['degraded', 'one is late', [ok, late]],
    ['degraded', 'one is failing', [ok, failing]],
    ['degraded', 'one lists it no more', [ok, gone]],
    ['stale', 'the only one is late', [late]],
    ['stale', 'the only one never answered', [never]],
    ['stale', 'one is late and the other failing', [late, failing]],
    ['unavailable', 'all are failing', [failing, open]],
    ['unavailable', 'nobody lists it any more', [gone, gone]],
    ['unavailable', 'who still lists it is failing', [gone, failing]],
    ['unknown', 'nobody ever listed it', []],
    ['healthy', 'the runtime lists it, whatever others say', [ollama, late, gone, failing]],
    ['unavailable', 'the runtime does not list it, whatever others say', [unloaded, ok]],
    ['unavailable', 'the runtime is down', [{ ...ollama, consecutiveFailures: 1 }, ok]],
    ['stale', 'the runtime was not asked in time', [{ ...ollama, isLate: true }, ok]],
  ] as const)('is %s where %s', (word, _case, sources) => {
    expect(healthOf(sources, now).health).toBe(word)
  })

  it('counts all requests of all upstreams, and the age of the newest good answer', () => {
    expect(healthOf([{ ...ok, id: 'z' }, late, { ...gone, lastSuccessAt: now }], now)).toEqual({
      health: 'degraded',
      success_rate: 0.9,
      avg_latency_ms: 250,
      total_requests: 30,
      last_verified_at: '2026-11-28T11:30:00.000Z',
      staleness_seconds: 1800,
      listed_by: ['aggregator', 'z'],
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
