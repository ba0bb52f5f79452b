import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createEmptyDatabase } from '../support/database.ts'
import { redisUrl } from '../support/redis.ts'
import { startTcpProxy } from '../client/tcp-proxy.ts'
import { openHttp, type TestAnswer, type TestHttp, type TestHttpOptions } from './http-fixture.ts'

let http: TestHttp | undefined
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  await http?.close()
  http = undefined
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function open(options: TestHttpOptions = {}): Promise<TestHttp> {
  return (http = await openHttp(options))
}

/** Accepts connections and never says anything, as a server behind a dead link does. */
async function silentPort(): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    cleanups.push(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => server.close())
  const { port } = server.address() as AddressInfo
  return port
}

/** Check → status. */
function statuses({ json }: TestAnswer): Record<string, string> {
  const checks = Object.entries(json['checks'] as Record<string, { status: string }>)
  return Object.fromEntries(checks.map(([name, { status }]) => [name, status]))
}

async function addUpstream({ db }: TestHttp, id: string, ageHours: number | null): Promise<void> {
  await db.$executeRaw`
    INSERT INTO upstreams (id, url, schedule, last_success_at)
    VALUES (${id}, 'http://localhost', '1h', now() - make_interval(hours => ${ageHours}::int))`
}

async function setVersion({ db }: TestHttp, version: number): Promise<void> {
  await db.$executeRaw`UPDATE catalog_head SET version = ${version}`
}

describe('/livez', () => {
  it('answers although everything behind it is dead', async () => {
    const dead = '127.0.0.1:1'
    const { get } = await open({
      databaseUrl: `postgres://u@${dead}/x`,
      redisUrl: `redis://${dead}`,
    })
    expect(await get('/livez')).toMatchObject({
      status: 200,
      json: { status: 'pass', role: 'api' },
    })
  })
})

describe('/readyz', () => {
  it('passes when all is well, and says which version it serves', async () => {
    const opened = await open()
    await addUpstream(opened, 'acme', 1)
    await setVersion(opened, 7)
    const answer = await opened.get('/readyz')
    expect(answer).toMatchObject({ status: 200, json: { status: 'pass', role: 'api' } })
    expect(statuses(answer)).toEqual({
      postgresql: 'pass',
      redis: 'pass',
      schema: 'pass',
      upstreams: 'pass',
    })
    expect(answer.json).toMatchObject({ checks: { upstreams: { catalogVersion: 7 } } })
  })

  it('answers within its limit when PostgreSQL and Redis accept and say nothing', async () => {
    const [database, redis] = [await silentPort(), await silentPort()]
    const { get } = await open({
      databaseUrl: `postgres://user:hunter22@127.0.0.1:${database}/x`,
      redisUrl: `redis://:hunter22@127.0.0.1:${redis}`,
    })
    const startedAt = performance.now()
    const answers = await Promise.all([get('/readyz'), get('/readyz')])
    expect(performance.now() - startedAt).toBeLessThan(1500)
    for (const answer of answers) {
      expect(answer.status).toBe(503)
      expect(new Set(Object.values(statuses(answer)))).toEqual(new Set(['fail']))
      expect(answer.body).not.toMatch(/hunter22|127\.0\.0\.1/)
    }
  })

  it('fails while Redis refuses, with the code and nothing of its address, and passes again', async () => {
    const proxy = await startTcpProxy(redisUrl())
    cleanups.push(() => proxy.close())
    const opened = await open({ redisUrl: proxy.url })
    await setVersion(opened, 1)
    expect(await opened.get('/readyz')).toMatchObject({ status: 200 })
    proxy.refuse()
    await expect
      .poll(async () => (await opened.get('/readyz')).json)
      .toMatchObject({ status: 'fail', checks: { redis: { status: 'fail' } } })
    expect((await opened.get('/readyz')).body).not.toContain(new URL(proxy.url).port)
    proxy.restore()
    await expect
      .poll(async () => statuses(await opened.get('/readyz'))['redis'], { timeout: 10_000 })
      .toBe('pass')
  })

  it('fails before the migrations were applied', async () => {
    const empty = await createEmptyDatabase()
    cleanups.push(empty.drop)
    const { get } = await open({ databaseUrl: empty.url })
    const answer = await get('/readyz')
    expect(answer.status).toBe(503)
    expect(answer.json).toMatchObject({
      checks: {
        postgresql: { status: 'pass' },
        schema: { status: 'fail', code: 'schema_mismatch' },
        upstreams: { status: 'fail' },
      },
    })
  })

  it('stays ready when a newer version has migrated the database', async () => {
    const opened = await open()
    await setVersion(opened, 1)
    expect((await opened.get('/readyz')).status).toBe(200)
    await opened.db.$executeRaw`
      INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
      VALUES ('x', 'x', '99991231000000_of_tomorrow', now())`
    expect((await opened.get('/readyz')).status).toBe(200)
  })

  it('warns of stale upstreams and stays in service', async () => {
    const opened = await open()
    await setVersion(opened, 1)
    await addUpstream(opened, 'fresh', 1)
    await addUpstream(opened, 'old', 3)
    await addUpstream(opened, 'silent', null)
    expect(await opened.get('/readyz')).toMatchObject({
      status: 200,
      json: {
        status: 'warn',
        checks: {
          upstreams: {
            status: 'warn',
            stale: ['old', 'silent'],
            message: '2 of 3 upstreams are stale.',
          },
        },
      },
    })
  })

  it.each([
    { role: 'api', status: 503, check: 'fail' },
    { role: 'worker', status: 200, check: 'warn' },
  ] as const)('with an empty catalog a process of role $role answers $status', async (expected) => {
    const opened = await open({ role: expected.role })
    await addUpstream(opened, 'acme', null)
    const answer = await opened.get('/readyz')
    expect(answer.status).toBe(expected.status)
    expect(statuses(answer)['upstreams']).toBe(expected.check)
  })
})
