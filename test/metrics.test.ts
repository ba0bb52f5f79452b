import { describe, expect, test } from 'vitest'
import { errorCodes } from '../src/errors.ts'
import { maxLabelValues } from '../src/metrics-instruments.ts'
import { allProviders, createMetrics, describeMetrics, type Metrics } from '../src/metrics.ts'

function bareMetrics(scrapeLimitMs = 1000): Metrics {
  return createMetrics({ version: '1.2.3', processMetrics: 'off', scrapeLimitMs })
}

async function page(metrics: Metrics): Promise<string> {
  const { body } = await metrics.render()
  return body
}

describe('the table', () => {
  const table = describeMetrics()

  test('declares every name once, with our prefix and a sentence', () => {
    const names = table.map((metric) => metric.name)
    expect(new Set(names).size).toBe(names.length)
    for (const { name, help } of table) {
      expect(name).toMatch(/^plumbline_[a-z_]+$/)
      expect(help).toMatch(/^[A-Z0-9].*[.)]$/)
    }
  })

  test('ends counters in _total and times in their unit', () => {
    for (const { name, type } of table) {
      expect(name.endsWith('_total')).toBe(type === 'counter')
      expect(type !== 'histogram' || name.endsWith('_seconds')).toBe(true)
    }
  })

  test('has no label for what is unbounded', () => {
    const labels = new Set(table.flatMap((metric) => metric.labels))
    for (const name of ['model', 'model_id', 'url', 'message', 'run', 'key'])
      expect(labels).not.toContain(name)
  })
})

describe('a page', () => {
  test('shows what was counted aside, and nothing twice', async () => {
    const metrics = bareMetrics()
    const hit = { layer: 'memory', result: 'hit' } as const
    const count = metrics.cacheRequests.counter(hit)
    count()
    metrics.cacheRequests.inc(hit)
    for (let look = 0; look < 2; look++)
      expect(await page(metrics)).toContain(
        'plumbline_cache_requests_total{layer="memory",result="hit"} 2',
      )
  })

  test('shows what was recorded', async () => {
    const metrics = bareMetrics()
    metrics.syncRuns.inc({ upstream: 'openai', provider: allProviders, outcome: 'applied' })
    metrics.upstreamBytes.inc({ upstream: 'openai' }, 512)
    metrics.syncDuration.observe({ upstream: 'openai', phase: 'fetch' }, 0.3)
    metrics.outboxLag.set({}, 2)
    const { contentType, body } = await metrics.render()
    expect(contentType).toContain('text/plain')
    for (const line of [
      'plumbline_sync_runs_total{upstream="openai",provider="all",outcome="applied"} 1',
      'plumbline_upstream_bytes_total{upstream="openai"} 512',
      'plumbline_sync_duration_seconds_bucket{le="0.5",upstream="openai",phase="fetch"} 1',
      'plumbline_outbox_lag_seconds 2',
      'plumbline_event_publish_failures_total 0',
      `plumbline_build_info{version="1.2.3",node="${process.versions.node}"} 1`,
    ])
      expect(body).toContain(line)
  })

  test('of one instance knows nothing of another', async () => {
    bareMetrics().upstreamBytes.inc({ upstream: 'openai' })
    expect(await page(bareMetrics())).not.toContain('openai')
  })

  test('shows known upstreams at zero from the start', async () => {
    const metrics = bareMetrics()
    metrics.initialise(['openai'])
    const body = await page(metrics)
    expect(body).toContain(
      'plumbline_sync_runs_total{upstream="openai",provider="all",outcome="failed"} 0',
    )
    expect(body).toContain('plumbline_circuit_state{upstream="openai"} 0')
  })

  test('has the process in it unless that is switched off', async () => {
    expect(await page(createMetrics())).toContain('process_cpu_seconds_total')
    expect(await page(bareMetrics())).not.toContain('process_')
  })
})

describe('a gauge', () => {
  test('that is replaced forgets what is gone and adds up what is equal', async () => {
    const metrics = bareMetrics()
    const row = (provider: string, value: number) => ({
      labels: { provider, status: 'active' },
      value,
    })
    metrics.models.replace([row('openai', 5), row('gone', 1)])
    metrics.models.replace([row('openai', 2), row('openai', 4)])
    const body = await page(metrics)
    expect(body).toContain('plumbline_models{provider="openai",status="active"} 6')
    expect(body).not.toContain('provider="gone"')
  })
})

describe('labels', () => {
  test('that a payload makes up without end become "other"', async () => {
    const metrics = bareMetrics()
    for (let index = 0; index < maxLabelValues + 50; index++)
      metrics.schemaDrift.inc({ upstream: 'openai', field: `field_${index}` })
    const body = await page(metrics)
    expect(body.match(/^plumbline_schema_drift_total\{/gm)).toHaveLength(maxLabelValues + 1)
    expect(body).toContain('plumbline_schema_drift_total{upstream="openai",field="other"} 50')
  })

  test('have room for every error code', () => {
    expect(Object.keys(errorCodes).length).toBeLessThan(maxLabelValues)
  })
})

describe('a collector', () => {
  test('sets its gauges before the page is written', async () => {
    const metrics = bareMetrics()
    metrics.onScrape('catalog', async () => metrics.catalogVersion.set({}, 7))
    const body = await page(metrics)
    expect(body).toContain('plumbline_catalog_version 7')
    expect(body).toContain('plumbline_scrape_collector_up{collector="catalog"} 1')
  })

  test('that fails or hangs costs its gauges and not the page', async () => {
    const metrics = bareMetrics(50)
    metrics.onScrape('redis', () => Promise.reject(new Error('down')))
    metrics.onScrape('bug', () => {
      throw new Error('not even a promise')
    })
    metrics.onScrape('database', () => new Promise(() => {}))
    metrics.onScrape('catalog', async () => metrics.catalogVersion.set({}, 7))
    const startedAt = performance.now()
    const body = await page(metrics)
    expect(performance.now() - startedAt).toBeLessThan(500)
    for (const name of ['redis', 'bug', 'database'])
      expect(body).toContain(`plumbline_scrape_collector_up{collector="${name}"} 0`)
    expect(body).toContain('plumbline_catalog_version 7')
  })

  test('that fails is reported by name', async () => {
    const reported: unknown[] = []
    const metrics = createMetrics({
      processMetrics: 'off',
      onCollectorError: (name, error) => reported.push([name, error]),
    })
    const error = new Error('down')
    metrics.onScrape('redis', () => Promise.reject(error))
    await metrics.render()
    expect(reported).toEqual([['redis', error]])
  })

  test('that hangs is not started again by each scrape', async () => {
    const metrics = bareMetrics(20)
    let starts = 0
    metrics.onScrape('database', () => {
      starts++
      return new Promise(() => {})
    })
    await page(metrics)
    await page(metrics)
    expect(starts).toBe(1)
  })
})
