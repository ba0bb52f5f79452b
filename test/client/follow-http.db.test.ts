import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  followCatalog,
  type CatalogChange,
  type CatalogFollower,
  type FollowHttpOptions,
  type VersionGap,
} from '../../src/client/index.ts'
import { openApi, type TestApi } from '../http/api-fixture.ts'
import { openHttp, type TestHttp } from '../http/http-fixture.ts'
import { commitVersions } from '../events/outbox-fixture.ts'
import { redisUrl } from '../support/redis.ts'
import { range, summary } from './changes.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

let api: TestApi
let pool: Pool
const opened: (() => Promise<void>)[] = []

beforeAll(async () => {
  api = await openApi([])
  pool = new Pool({ connectionString: api.databaseUrl, max: 2 })
  // Its connections end with the database.
  pool.on('error', () => undefined)
})
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})
afterAll(async () => {
  await pool.end()
  await api.close()
})

const until = { timeout: 20_000 }

interface Followed {
  follower: CatalogFollower
  delivered: (number | string)[]
  gaps: VersionGap[]
  errors: Error[]
}

async function follow(options: Partial<FollowHttpOptions> = {}): Promise<Followed> {
  const delivered: (number | string)[] = []
  const gaps: VersionGap[] = []
  const errors: Error[] = []
  const follower = await followCatalog({
    url: api.url,
    onChange: (change) => void delivered.push(summary(change)),
    onGap: (gap) => void gaps.push(gap),
    onError: (error) => void errors.push(error),
    heartbeatSeconds: 1,
    ...options,
  })
  opened.push(() => follower.close())
  return { follower, delivered, gaps, errors }
}

async function proxied(target = api.url): Promise<TcpProxy> {
  const proxy = await startTcpProxy(target)
  opened.push(() => proxy.close())
  return proxy
}

async function commit(count: number): Promise<number> {
  const newest = await commitVersions(pool, count)
  await api.settle()
  return newest
}

describe('following over HTTP', () => {
  it('starts at the current version and delivers what comes after it', async () => {
    const from = await commit(2)
    const { follower, delivered } = await follow()
    expect(follower.version).toBe(from)
    expect(follower.isStale(5000)).toBe(false)
    await commit(2)
    await expect.poll(() => delivered, until).toEqual([from + 1, from + 2])
    await expect.poll(() => follower.version, until).toBe(from + 2)
    await expect.poll(() => follower.staleForMs, until).toBeLessThan(1000)
  })

  it('hands out the same changes as following over Redis and PostgreSQL', async () => {
    const from = await commit(1)
    const [overHttp, overRedis]: [CatalogChange[], CatalogChange[]] = [[], []]
    await follow({ sinceVersion: from, onChange: (change) => void overHttp.push(change) })
    const other = await followCatalog({
      redisUrl: redisUrl(),
      databaseUrl: api.databaseUrl,
      prefix: api.prefix,
      sinceVersion: from,
      onChange: (change) => void overRedis.push(change),
    })
    opened.push(() => other.close())
    await commit(3)
    await expect.poll(() => [overHttp.length, overRedis.length], until).toEqual([3, 3])
    expect(overHttp).toEqual(overRedis)
  })

  it('delivers first what came after sinceVersion, over more than one page', async () => {
    const from = await commit(1)
    const to = await commit(130)
    const { delivered } = await follow({ sinceVersion: from })
    await expect.poll(() => delivered.at(-1), until).toBe(to)
    expect(delivered).toEqual(range(from + 1, to))
  })

  it('delivers everything once to a subscriber that is slower than the catalog', async () => {
    const from = await commit(1)
    const delivered: (number | string)[] = []
    const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>()
    const { follower } = await follow({
      sinceVersion: from,
      async onChange(change) {
        await mayGoOn
        delivered.push(summary(change))
      },
    })
    await pool.query(
      `INSERT INTO catalog_versions (version, commit_id, provider, data)
       SELECT n, nextval('commit_seq'), 'acme', '{}' FROM generate_series($1::int, $2::int) AS n`,
      [from + 1, from + 2500],
    )
    await pool.query('UPDATE catalog_head SET version = $1', [from + 2500])
    await api.settle()
    await sleep(500)
    expect(delivered).toEqual([])
    expect(follower.staleForMs).toBeGreaterThan(300)
    goOn()
    await expect.poll(() => delivered.length, until).toBe(2500)
    expect(delivered).toEqual(range(from + 1, from + 2500))
    await expect.poll(() => follower.isStale(), until).toBe(false)
  })
})

describe('a reset', () => {
  it('is delivered for versions that are kept nowhere, and what follows them after it', async () => {
    const from = await commit(1)
    const to = await commitVersions(pool, 5)
    await pool.query('DELETE FROM catalog_versions WHERE version BETWEEN $1 AND $2', [
      from + 1,
      from + 3,
    ])
    const { delivered, gaps } = await follow({ sinceVersion: from })
    await expect.poll(() => delivered, until).toEqual([`reset to ${from + 3}`, from + 4, to])
    expect(gaps).toEqual([{ from: from + 1, to: from + 3 }])
  })

  it('is delivered to who is ahead of the catalog', async () => {
    const head = await commit(1)
    const { follower, delivered } = await follow({ sinceVersion: head + 1000 })
    await expect.poll(() => delivered, until).toEqual([`reset to ${head}`])
    await expect.poll(() => follower.isStale(), until).toBe(false)
    await commit(1)
    await expect.poll(() => delivered, until).toEqual([`reset to ${head}`, head + 1])
  })
})

describe('a bad connection', () => {
  it('that is cut loses nothing', async () => {
    const proxy = await proxied()
    const from = await commit(1)
    const { delivered } = await follow({ url: proxy.url, sinceVersion: from })
    for (let round = 1; round <= 3; round++) {
      await expect.poll(() => delivered.length, until).toBe(20 * (round - 1))
      await commit(10)
      proxy.cut()
      await commit(10)
    }
    await expect.poll(() => delivered, until).toEqual(range(from + 1, from + 60))
  })

  it('that falls silent is replaced, and loses nothing', async () => {
    const proxy = await proxied()
    const from = await commit(1)
    const { follower, delivered, errors } = await follow({ url: proxy.url })
    proxy.blackhole()
    await commit(3)
    await expect.poll(() => delivered, until).toEqual(range(from + 1, from + 3))
    expect(errors.map(({ message }) => message)).toEqual(['Nothing was received for 3000 ms.'])
    await expect.poll(() => follower.isStale(), until).toBe(false)
  })

  it('that is refused makes a follower stale, is reported once, and later loses nothing', async () => {
    const proxy = await proxied()
    const from = await commit(1)
    const { follower, delivered, errors } = await follow({ url: proxy.url })
    proxy.refuse()
    await commit(3)
    await expect.poll(() => follower.isStale(), until).toBe(true)
    expect(delivered).toEqual([])
    proxy.restore()
    await expect.poll(() => delivered, until).toEqual(range(from + 1, from + 3))
    await expect.poll(() => follower.isStale(), until).toBe(false)
    expect(errors).toHaveLength(1)
  })

  it('to an API that is replaced by another one loses nothing', async () => {
    const from = await commit(1)
    const sameDatabase = { databaseUrl: api.databaseUrl }
    const processes: TestHttp[] = [await openHttp(sameDatabase)]
    opened.push(async () => {
      for (const each of processes) await each.close()
    })
    const proxy = await proxied(processes[0]?.url)
    const { delivered } = await follow({ url: proxy.url })
    for (let round = 1; round <= 2; round++) {
      await commit(2)
      const next = await openHttp(sameDatabase)
      processes.push(next)
      proxy.retarget(next.url)
      await processes.at(-2)?.stopServing()
      await commit(2)
    }
    await expect.poll(() => delivered, until).toEqual(range(from + 1, from + 8))
  })
})

describe('an API', () => {
  it('whose Redis is gone goes on from PostgreSQL', async () => {
    const proxy = await proxied(redisUrl())
    const other = await openHttp({ databaseUrl: api.databaseUrl, redisUrl: proxy.url })
    opened.push(() => other.close())
    const from = await commit(1)
    const { follower, delivered } = await follow({ url: other.url })
    proxy.refuse()
    await commit(3)
    await expect.poll(() => delivered, until).toEqual(range(from + 1, from + 3))
    await expect.poll(() => follower.isStale(), until).toBe(false)
  })

  it('whose PostgreSQL is gone says nothing of being current, and goes on when it is back', async () => {
    const proxy = await proxied(api.databaseUrl)
    const other = await openHttp({ databaseUrl: proxy.url })
    opened.push(() => other.close())
    const from = await commit(1)
    const { follower, delivered } = await follow({ url: other.url })
    proxy.refuse()
    await expect.poll(() => follower.isStale(), until).toBe(true)
    await commit(3)
    proxy.restore()
    await expect.poll(() => delivered, until).toEqual(range(from + 1, from + 3))
    await expect.poll(() => follower.isStale(), until).toBe(false)
  })

  it('that wants a key is told ours, and its refusal is reported in its words', async () => {
    const closed = await openApi([], {
      access: { apiPublicRead: false, adminApiKey: 'plb_an-admin-key-for-this-test' },
    })
    opened.push(() => closed.close())
    const refused = await follow({ url: closed.url, sinceVersion: 0 })
    await expect
      .poll(() => refused.errors.map(({ message }) => message), until)
      .toEqual([expect.stringMatching(/^\/api\/v1\/events answered 401: \S/)])
    const admitted = await follow({ url: closed.url, apiKey: 'plb_an-admin-key-for-this-test' })
    expect(admitted.follower.version).toBe(0)
  })
})

describe('many subscribers', () => {
  it('get every version once and in order, while their connections are cut', async () => {
    const proxy = await proxied()
    const from = await commit(1)
    const followed = await Promise.all(
      range(1, 200).map(() => follow({ url: proxy.url, sinceVersion: from, heartbeatSeconds: 5 })),
    )
    for (let round = 0; round < 10; round++) {
      await commit(5)
      if (round % 4 === 1) proxy.cut()
    }
    const to = from + 50
    for (const { delivered } of followed)
      await expect.poll(() => delivered.at(-1), { timeout: 25_000 }).toBe(to)
    for (const { delivered } of followed) expect(delivered).toEqual(range(from + 1, to))
  })
})

describe('closing', () => {
  it('ends the stream, calls nothing afterwards, and can be repeated', async () => {
    const streams = async () => (await api.scrape()).get('plumbline_event_streams')
    await expect.poll(streams, until).toBe(0)
    const { follower, delivered, errors } = await follow()
    await expect.poll(streams, until).toBe(1)
    await Promise.all([follower.close(), follower.close()])
    await expect.poll(streams, until).toBe(0)
    await commit(1)
    await sleep(100)
    expect([delivered, errors]).toEqual([[], []])
  })

  it('happens when the signal is aborted', async () => {
    const controller = new AbortController()
    const streams = async () => (await api.scrape()).get('plumbline_event_streams')
    await follow({ signal: controller.signal })
    await expect.poll(streams, until).toBe(1)
    controller.abort()
    await expect.poll(streams, until).toBe(0)
  })

  it.each(['no url', 'ftp://example.org'])('is not needed for %s', async (url) => {
    await expect(follow({ url })).rejects.toThrow(TypeError)
  })
})
