/** PostgreSQL or Redis that die, come back empty, or are set up wrongly. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { migrate } from '../../src/catalog/migrate.ts'
import { startPostgres, type EmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { startRedis, type EmbeddedRedis } from '../../src/embedded/redis.ts'
import { cacheDir, temporaryDir } from '../support/data-dir.ts'
import { bodyPath, openFleet, type Fleet } from '../support/fleet.ts'
import { catalogBecomes, expectSound } from '../support/invariants.ts'
import { bodyText } from '../support/numbered-bodies.ts'
import { startProgram } from '../support/program.ts'
import { hasRealRedis, realRedisNote } from '../support/redis.ts'

const everySecond = { PLUMBLINE_UPSTREAM_MODELS_DEV_SCHEDULE: '1s' }
const log = (): void => {}

/** A server that can be killed, and started again as the same one. */
interface Restartable {
  readonly url: string
  readonly kill: () => Promise<void>
  readonly restart: () => Promise<void>
}

async function restartable<Server extends EmbeddedPostgres | EmbeddedRedis>(
  start: (dataDir: string, port?: number) => Promise<Server>,
): Promise<Restartable> {
  const dataDir = temporaryDir()
  let server = await start(dataDir)
  onTestFinished(() => server.stop())
  const { url } = server
  return {
    url,
    kill: () => server.kill(),
    restart: async () => void (server = await start(dataDir, Number(new URL(url).port))),
  }
}

async function ownRedis(): Promise<Restartable> {
  return restartable((dataDir, port) =>
    startRedis({
      dataDir,
      log,
      cacheDir,
      mode: 'throwaway',
      require: 'real',
      ...(port === undefined ? {} : { port }),
    }),
  )
}

async function ownPostgres(): Promise<Restartable> {
  return restartable((dataDir, port) =>
    startPostgres({ dataDir, log, mode: 'durable', ...(port === undefined ? {} : { port }) }),
  )
}

/** The answer to the request that is under way comes after the server has died. */
async function killDuringRefresh(fleet: Fleet, { kill }: Restartable): Promise<void> {
  const body = Math.max(...fleet.served) + 1
  fleet.served.add(body)
  fleet.upstream.answer(bodyPath, { body: bodyText(body, fleet.shape), delayMs: 500 })
  const requests = fleet.upstream.requests.length
  await expect
    .poll(() => fleet.upstream.requests.length, { timeout: 10_000 })
    .toBeGreaterThan(requests)
  await kill()
}

it.skipIf(!hasRealRedis)(
  `a Redis that died in the middle of a refresh and comes back empty gets its schedules again${realRedisNote}`,
  async () => {
    const redis = await ownRedis()
    const fleet = await openFleet({ redisUrl: redis.url, env: everySecond })
    fleet.serve(1)
    await fleet.startWorker()
    await fleet.startWorker()
    await catalogBecomes(fleet, 1)
    await killDuringRefresh(fleet, redis)
    await sleep(2000)
    fleet.serve(3)
    await redis.restart()
    const restartedAt = Date.now()
    await expect
      .poll(() => fleet.queues.queue('collect').getJobSchedulersCount(), { timeout: 15_000 })
      .toBe(1)
    const scheduledMs = Date.now() - restartedAt
    await catalogBecomes(fleet, 3, 15_000)
    console.log(
      `Schedules were back after ${scheduledMs} ms, the catalog after ${Date.now() - restartedAt} ms.`,
    )
    await fleet.pool.query(`UPDATE upstreams SET enabled = false`)
    await expectSound(fleet, { streamWasLost: true })
  },
)

it.skipIf(!hasRealRedis)(
  `a worker does not start on a Redis that would drop jobs, and says which setting it is${realRedisNote}`,
  async () => {
    const redis = await ownRedis()
    const client = new Redis(redis.url)
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
    client.disconnect()
    const fleet = await openFleet({ redisUrl: redis.url })
    const worker = startProgram(new URL('../../src/cli.ts', import.meta.url), ['worker'], fleet.env)
    expect(await worker.ended).toBe(1)
    expect(worker.output()).toContain('maxmemory-policy allkeys-lru')
    expect(worker.output()).toContain('config set maxmemory-policy noeviction')
  },
)

it('a PostgreSQL that died in the middle of a refresh fails no refresh for good', async () => {
  const postgres = await ownPostgres()
  await migrate(postgres.url)
  const fleet = await openFleet({ databaseUrl: postgres.url, env: everySecond })
  fleet.serve(1)
  await fleet.startWorker()
  await fleet.startWorker()
  await catalogBecomes(fleet, 1)
  await killDuringRefresh(fleet, postgres)
  await sleep(2000)
  fleet.serve(3)
  await postgres.restart()
  const restartedAt = Date.now()
  await catalogBecomes(fleet, 3, 20_000)
  console.log(`The catalog was right ${Date.now() - restartedAt} ms after PostgreSQL was back.`)
  await fleet.pool.query(`UPDATE upstreams SET enabled = false`)
  await expectSound(fleet)
  const { rows } = await fleet.pool.query(
    `SELECT id, provider, status, error_code, error_message FROM refresh_runs WHERE status IN ('failed', 'partial')`,
  )
  expect(rows).toEqual([])
  for (const worker of fleet.workers) {
    worker.kill('SIGTERM')
    expect(await worker.ended).toBe(0)
  }
})
