import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readOpenRun, readRun, readSliceRuns, type RefreshRun } from '../../src/history/runs.ts'
import { enqueueRefresh, type EnqueueContext } from '../../src/queue/enqueue.ts'
import { startMaintenance } from '../../src/queue/maintenance.ts'
import { openQueues, type Queues } from '../../src/queue/queues.ts'
import { reconcileSchedules } from '../../src/queue/schedule.ts'
import { startWorkers, type Workers } from '../../src/queue/workers.ts'
import type { RefreshContext } from '../../src/refresh/refresh-context.ts'
import { redisPrefix, redisUrl } from '../support/redis.ts'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { simpleModels, simpleUpstream } from '../support/simple-upstream.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'

let server: UpstreamServer
let pipeline: Pipeline
let queues: Queues
let workers: Workers | undefined
let context: RefreshContext & EnqueueContext

beforeEach(async () => {
  server = await startUpstream()
  pipeline = await openPipeline([
    { definition: simpleUpstream('alpha'), url: `${server.url}/alpha` },
  ])
  const { log, metrics } = pipeline.context
  queues = openQueues({ redisUrl: redisUrl(), prefix: redisPrefix(), log, metrics })
  context = { ...pipeline.context, queues, refreshAttempts: 3, refreshCooldownMs: 60_000 }
})

afterEach(async () => {
  await workers?.close(1000)
  workers = undefined
  await Promise.all(
    ['collect', 'refresh'].map((name) =>
      queues.queue(name as 'collect').obliterate({ force: true }),
    ),
  )
  await queues.close()
  await pipeline.close()
  await server.close()
})

function startWorker(): void {
  workers = startWorkers(context, {
    redisUrl: redisUrl(),
    prefix: queues.prefix,
    collectConcurrency: 2,
    refreshConcurrency: 4,
    lockMs: 3000,
    stalledIntervalMs: 1500,
  })
}

const manual = { upstream: 'alpha', trigger: 'manual', actor: 'test', options: {} } as const

async function ended(runId: number): Promise<RefreshRun> {
  for (;;) {
    const run = await readRun(pipeline.db, runId)
    if (run && run.status !== 'queued' && run.status !== 'running') return run
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('a refresh through the queue', () => {
  it('fans out one slice per provider and closes when the last has ended', async () => {
    const list = ['one', 'two', 'three'].flatMap((provider) => simpleModels(4, { provider }))
    server.answer('/alpha', { json: { models: list } })
    startWorker()
    const { id } = await enqueueRefresh(context, manual)
    expect(await ended(id)).toMatchObject({
      status: 'applied',
      slices: 3,
      added: 12,
      actor: 'test',
    })
    expect(
      (await readSliceRuns(pipeline.db, id)).map(({ provider, status }) => [provider, status]),
    ).toEqual([
      ['one', 'applied'],
      ['three', 'applied'],
      ['two', 'applied'],
    ])
  })

  it('is refused while the same refresh is open, and inside the cooldown unless it is forced', async () => {
    server.answer('/alpha', { json: { models: simpleModels(2) } })
    const { id } = await enqueueRefresh(context, manual)
    await expect(enqueueRefresh(context, manual)).rejects.toMatchObject({ code: 'already_running' })
    startWorker()
    await ended(id)
    await expect(enqueueRefresh(context, manual)).rejects.toMatchObject({ code: 'cooldown' })
    const forced = await enqueueRefresh(context, { ...manual, options: { force: true } })
    expect(await ended(forced.id)).toMatchObject({ status: 'unchanged', options: { force: true } })
  })

  it('is tried again after the pause that a 429 asks for', async () => {
    server.answer('/alpha', [
      { status: 429, headers: { 'retry-after': '2' } },
      { json: { models: simpleModels(1) } },
    ])
    startWorker()
    const { id } = await enqueueRefresh(context, manual)
    expect(await ended(id)).toMatchObject({ status: 'applied', attempt: 2 })
    const [first, second] = server.requestsTo('/alpha')
    expect((second?.at.getTime() ?? 0) - (first?.at.getTime() ?? 0)).toBeGreaterThan(1950)
  })

  it('fails for good, and says why and what to do, when no attempt can mend it', async () => {
    server.answer('/alpha', { status: 401 })
    startWorker()
    const { id } = await enqueueRefresh(context, manual)
    const run = await ended(id)
    expect(run).toMatchObject({
      status: 'failed',
      attempt: 1,
      errorCode: 'http_unauthorized',
      httpStatus: 401,
    })
    expect(run.nextStep).toBeTruthy()
    expect(server.requests).toHaveLength(1)
  })

  it('finishes what it holds when the worker stops', async () => {
    server.answer('/alpha', { json: { models: simpleModels(3) }, delayMs: 500 })
    startWorker()
    const { id } = await enqueueRefresh(context, manual)
    await expect.poll(() => server.requests.length).toBe(1)
    await workers?.close(5000)
    const collected = await readRun(pipeline.db, id)
    expect(collected).toMatchObject({ status: 'running', slices: 1 })
    startWorker()
    expect(await ended(id)).toMatchObject({ status: 'applied', added: 3, attempt: 1 })
  })

  it('hands back what it cannot finish by the deadline, without costing an attempt', async () => {
    server.answer('/alpha', [{ fault: 'silence' }, { json: { models: simpleModels(3) } }])
    startWorker()
    const { id } = await enqueueRefresh(context, manual)
    await expect.poll(() => server.requests.length).toBe(1)
    await workers?.close(100)
    expect(await readRun(pipeline.db, id)).toMatchObject({
      status: 'running',
      errorCode: 'cancelled',
    })
    startWorker()
    expect(await ended(id)).toMatchObject({ status: 'applied', errorCode: null })
  })
})

describe('schedules', () => {
  it('are brought back when Redis has lost them, and changed when the table changes', async () => {
    expect(await reconcileSchedules(pipeline.db, queues)).toEqual(['refresh-alpha'])
    expect(await reconcileSchedules(pipeline.db, queues)).toEqual([])
    await queues.queue('collect').obliterate({ force: true })
    await queues.queue('collect').removeJobScheduler('refresh-alpha')
    expect(await reconcileSchedules(pipeline.db, queues)).toEqual(['refresh-alpha'])
    await pipeline.db.$executeRaw`UPDATE upstreams SET schedule = '0 5 * * *'`
    expect(await reconcileSchedules(pipeline.db, queues)).toEqual(['refresh-alpha'])
    const [scheduler] = await queues.queue('collect').getJobSchedulers()
    expect(scheduler).toMatchObject({ pattern: '0 5 * * *', tz: 'UTC' })
    await pipeline.db.$executeRaw`UPDATE upstreams SET enabled = false`
    expect(await reconcileSchedules(pipeline.db, queues)).toEqual(['refresh-alpha'])
    expect(await queues.queue('collect').getJobSchedulersCount()).toBe(0)
  })

  it('refresh an upstream by themselves, and not while it was just refreshed', async () => {
    server.answer('/alpha', { json: { models: simpleModels(1) } })
    await pipeline.db.$executeRaw`UPDATE upstreams SET schedule = '1s'`
    startWorker()
    await reconcileSchedules(pipeline.db, queues)
    await expect.poll(() => server.requests.length, { timeout: 8000 }).toBeGreaterThanOrEqual(3)
    const times = server.requests.map(({ at }) => at.getTime())
    for (const [index, time] of times.slice(1).entries())
      expect(time - (times[index] ?? 0)).toBeGreaterThan(450)
  })
})

describe('a run whose job is gone', () => {
  const options = { intervalMs: 60_000, retentionDays: 90, graceMs: 0 }

  it('is enqueued again when it had not begun', async () => {
    server.answer('/alpha', { json: { models: simpleModels(1) } })
    const { id } = await enqueueRefresh(context, manual)
    await queues.queue('collect').obliterate({ force: true })
    await queues.queue('collect').removeDeduplicationKey('alpha')
    startWorker()
    const maintenance = startMaintenance(context, options)
    expect(await ended(id)).toMatchObject({ status: 'applied' })
    await maintenance.close()
  })

  it('is closed as abandoned when it had begun, and a new one is enqueued', async () => {
    server.answer('/alpha', { json: { models: simpleModels(1) } })
    const lost = await pipeline.db.$queryRaw<{ id: bigint }[]>`
      INSERT INTO refresh_runs (upstream, trigger, status, fence, started_at)
      VALUES ('alpha', 'schedule', 'running', nextval('fence_seq'), now() - interval '1 hour') RETURNING id`
    startWorker()
    const maintenance = startMaintenance(context, options)
    expect(await ended(Number(lost[0]?.id))).toMatchObject({
      status: 'failed',
      errorCode: 'abandoned',
    })
    await expect.poll(() => server.requests.length).toBeGreaterThanOrEqual(1)
    await expect.poll(() => readOpenRun(pipeline.db, 'alpha')).toBeUndefined()
    await maintenance.close()
  })
})

describe('a model whose announced day has come', () => {
  it('is merged anew when a worker starts', async () => {
    server.answer('/alpha', { json: { models: simpleModels(1) } })
    await pipeline.refresh('alpha')
    await pipeline.db.$executeRaw`UPDATE models SET next_change_on = '2026-01-01'`
    const options = { intervalMs: 60_000, retentionDays: 90, graceMs: 60_000 }
    const maintenance = startMaintenance(context, options)
    await expect
      .poll(() => pipeline.db.$queryRaw`SELECT next_change_on AS day FROM models`)
      .toEqual([{ day: null }])
    await maintenance.close()
  })
})
