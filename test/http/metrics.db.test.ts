import { afterEach, describe, expect, it } from 'vitest'
import type { Db } from '../../src/catalog/database.ts'
import { startTcpProxy } from '../client/tcp-proxy.ts'
import { redisUrl } from '../support/redis.ts'
import { openHttp, type TestHttp, type TestHttpOptions } from './http-fixture.ts'

let http: TestHttp | undefined
afterEach(async () => {
  await http?.close()
  http = undefined
})

async function open(options: TestHttpOptions = {}): Promise<TestHttp> {
  return (http = await openHttp(options))
}

async function addModel(
  db: Db,
  provider: string,
  modelId: string,
  { lifecycle = 'active', conflicts = [] }: { lifecycle?: string; conflicts?: string[] } = {},
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO models (provider, model_id, name, base_id, variant, lifecycle, conflicts, hash, created_at, changed_at, commit_id)
    VALUES (${provider}, ${modelId}, ${modelId}, ${modelId}, '', ${lifecycle}, ${conflicts}, '', now(), now(), 1)`
}

async function openHold(db: Db, provider: string, ageSeconds: number): Promise<void> {
  await db.$executeRaw`
    INSERT INTO holds (kind, upstream, provider, reason, message, content_hash, fence, run_id, held_since)
    VALUES ('slice', 'models-dev', ${provider}, 'shrink', '', '', 1, 1, now() - make_interval(secs => ${ageSeconds}))`
}

describe('/metrics', () => {
  it('is text that Prometheus reads, also when there is nothing to tell', async () => {
    const { get } = await open()
    const answer = await get('/metrics')
    expect(answer.status).toBe(200)
    expect(answer.type).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(answer.body).toContain('# TYPE plumbline_models gauge')
    const collectors = [...answer.body.matchAll(/plumbline_scrape_collector_up\{.*\} (\d)/g)]
    expect(collectors).toHaveLength(7)
    expect(collectors.every(([, isUp]) => isUp === '1')).toBe(true)
  })

  it('counts models by provider and life cycle, and states zeros', async () => {
    const { db, scrape } = await open()
    await addModel(db, 'acme', 'one')
    await addModel(db, 'acme', 'two', { lifecycle: 'retired' })
    const samples = await scrape()
    expect(samples.get('plumbline_models{provider="acme",status="active"}')).toBe(1)
    expect(samples.get('plumbline_models{provider="acme",status="retired"}')).toBe(1)
    expect(samples.get('plumbline_models{provider="acme",status="missing"}')).toBe(0)
  })

  it('shows holds while they are open, and no series afterwards', async () => {
    const { db, scrape } = await open()
    await openHold(db, 'acme', 7200)
    const held = await scrape()
    expect(held.get('plumbline_holds{provider="acme",reason="shrink"}')).toBe(1)
    const age = Date.now() / 1000 - (held.get('plumbline_hold_oldest_timestamp_seconds') ?? 0)
    expect(age).toBeGreaterThan(7190)
    expect(age).toBeLessThan(7260)
    await db.$executeRaw`UPDATE holds SET status = 'approved'`
    const decided = await scrape()
    expect([...decided.keys()].filter((name) => name.startsWith('plumbline_holds'))).toEqual([])
    expect(decided.get('plumbline_hold_oldest_timestamp_seconds')).toBe(0)
  })

  it('says how fresh every enabled upstream is', async () => {
    const { db, scrape } = await open()
    await db.$executeRaw`
      INSERT INTO upstreams (id, url, schedule, enabled, last_success_at, consecutive_failures, circuit_state)
      VALUES ('failing', '', '15m', true, now() - interval '1 hour', 5, 'open'),
        ('new', '', '0 2 * * *', true, NULL, 0, 'closed'), ('off', '', '1h', false, now(), 0, 'closed')`
    const samples = await scrape()
    const value = (name: string, upstream: string) =>
      samples.get(`plumbline_${name}{upstream="${upstream}"}`)
    expect(value('sync_staleness_seconds', 'failing')).toBeCloseTo(3600, -2)
    expect(value('sync_interval_seconds', 'failing')).toBe(900)
    expect(value('sync_consecutive_failures', 'failing')).toBe(5)
    expect(value('circuit_state', 'failing')).toBe(2)
    expect(value('sync_staleness_seconds', 'new')).toBe(Infinity)
    expect(value('sync_last_success_timestamp_seconds', 'new')).toBe(0)
    expect(value('sync_interval_seconds', 'new')).toBe(86_400)
    expect(value('sync_interval_seconds', 'off')).toBeUndefined()
  })

  it('counts conflicts by field; the tiers and modes of a price are one field', async () => {
    const { db, scrape } = await open()
    await addModel(db, 'acme', 'one', { conflicts: ['contextWindow', 'price.input'] })
    await addModel(db, 'acme', 'two', { conflicts: ['price.input', 'price.input;mode=batch'] })
    await addModel(db, 'acme', 'gone', { lifecycle: 'retired', conflicts: ['price.input'] })
    const samples = await scrape()
    expect(samples.get('plumbline_conflicts{field="price.input"}')).toBe(2)
    expect(samples.get('plumbline_conflicts{field="contextWindow"}')).toBe(1)
  })

  it('shows the version, and what is committed and not announced', async () => {
    const { db, scrape } = await open()
    await db.$executeRaw`UPDATE catalog_head SET version = 2`
    await db.$executeRaw`
      INSERT INTO catalog_versions (version, commit_id, data, committed_at, announced_at)
      VALUES (1, 1, '{}', now() - interval '1 hour', now()), (2, 2, '{}', now() - interval '40 seconds', NULL)`
    const samples = await scrape()
    expect(samples.get('plumbline_catalog_version')).toBe(2)
    expect(samples.get('plumbline_outbox_pending')).toBe(1)
    expect(samples.get('plumbline_outbox_lag_seconds')).toBeCloseTo(40, -1)
  })

  it('counts jobs by state, and how long the first of them has waited', async () => {
    const { queues, scrape } = await open()
    const collect = queues.queue('collect')
    const minuteAgo = Date.now() - 60_000
    await collect.add('tick', {}, { timestamp: minuteAgo })
    await collect.add('tick', {})
    await collect.add('tick', {}, { delay: 3_600_000 })
    const samples = await scrape()
    expect(samples.get('plumbline_queue_jobs{queue="collect",state="waiting"}')).toBe(2)
    expect(samples.get('plumbline_queue_jobs{queue="collect",state="delayed"}')).toBe(1)
    expect(samples.get('plumbline_queue_jobs{queue="refresh",state="waiting"}')).toBe(0)
    const waited = samples.get('plumbline_queue_oldest_waiting_seconds{queue="collect"}')
    expect(waited).toBeGreaterThanOrEqual(60)
    expect(waited).toBeLessThan(70)
    expect(samples.get('plumbline_queue_oldest_waiting_seconds{queue="refresh"}')).toBe(0)
  })

  it('counts a job whose time has come while no worker is left to notice', async () => {
    const { queues, scrape } = await open()
    await queues.queue('collect').upsertJobScheduler('acme', { pattern: '* * * * * *' })
    await queues.queue('refresh').add('close-collect', {}, { delay: 100 })
    const waited = async (queue: string) =>
      (await scrape()).get(`plumbline_queue_oldest_waiting_seconds{queue="${queue}"}`)
    await expect.poll(() => waited('refresh')).toBeGreaterThan(0.2)
    await expect.poll(() => waited('collect'), { timeout: 5000 }).toBeGreaterThan(0.2)
    expect(await waited('collect')).toBeLessThan(10)
  })

  it('answers with the last known values while Redis is gone, and says so', async () => {
    const proxy = await startTcpProxy(redisUrl())
    try {
      const { queues, scrape } = await open({ redisUrl: proxy.url })
      await queues.queue('collect').add('tick', {})
      const waiting = 'plumbline_queue_jobs{queue="collect",state="waiting"}'
      expect((await scrape()).get(waiting)).toBe(1)
      proxy.refuse()
      const startedAt = performance.now()
      const samples = await scrape()
      expect(performance.now() - startedAt).toBeLessThan(2000)
      expect(samples.get('plumbline_scrape_collector_up{collector="queues"}')).toBe(0)
      expect(samples.get('plumbline_scrape_collector_up{collector="models"}')).toBe(1)
      expect(samples.get(waiting)).toBe(1)
      proxy.restore()
      await http?.close()
      http = undefined
    } finally {
      await proxy.close()
    }
  })
})
