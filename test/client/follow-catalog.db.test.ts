import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  followCatalog,
  type CatalogFollower,
  type FollowRedisOptions,
  type VersionGap,
} from '../../src/client/index.ts'
import { catalogChanged } from '../../src/events/catalog-changed.ts'
import type { OutboxRelay } from '../../src/events/outbox.ts'
import { publishEvents, raiseVersionKey } from '../../src/events/publish.ts'
import { announceNextIn } from '../../src/history/outbox-rows.ts'
import { openOutbox, type Outbox } from '../events/outbox-fixture.ts'
import { redisUrl } from '../support/redis.ts'
import { range, summary } from './changes.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

let outbox: Outbox
let relay: OutboxRelay
const opened: (() => Promise<void>)[] = []

beforeEach(async () => {
  outbox = await openOutbox()
  relay = (await outbox.openRelay()).relay
})
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
  await outbox.close()
})

interface Followed {
  follower: CatalogFollower
  delivered: (number | string)[]
  gaps: VersionGap[]
  errors: Error[]
}

async function follow(options: Partial<FollowRedisOptions> = {}): Promise<Followed> {
  const delivered: (number | string)[] = []
  const gaps: VersionGap[] = []
  const errors: Error[] = []
  const follower = await followCatalog({
    redisUrl: redisUrl(),
    prefix: outbox.prefix,
    onChange: (change) => void delivered.push(summary(change)),
    onGap: (gap) => void gaps.push(gap),
    onError: (error) => void errors.push(error),
    // Long, so that what a test sees comes from messages unless it says otherwise.
    pollMs: 60_000,
    ...options,
  })
  opened.push(() => follower.close())
  return { follower, delivered, gaps, errors }
}

async function proxied(): Promise<TcpProxy> {
  const proxy = await startTcpProxy(redisUrl())
  opened.push(() => proxy.close())
  return proxy
}

async function announce(count: number): Promise<number> {
  const newest = await outbox.commitVersions(count)
  await relay.drain()
  return newest
}

const subscribers = async (): Promise<number> => {
  const [, count] = await outbox.redis.pubsub('NUMSUB', outbox.names.channel)
  return Number(count)
}

describe('following', () => {
  it('starts at the current version and delivers what comes after it, by message', async () => {
    await announce(3)
    const { follower, delivered } = await follow()
    expect(follower.version).toBe(3)
    expect(follower.isStale(1000)).toBe(false)
    await expect.poll(subscribers).toBe(1)
    await announce(2)
    await expect.poll(() => delivered).toEqual([4, 5])
    expect(follower.version).toBe(5)
  })

  it('delivers first what came after sinceVersion', async () => {
    await announce(5)
    const { delivered } = await follow({ sinceVersion: 2 })
    await expect.poll(() => delivered).toEqual([3, 4, 5])
  })

  it('hands out the whole change', async () => {
    await announce(1)
    const changes: unknown[] = []
    await follow({ sinceVersion: 0, onChange: (change) => void changes.push(change) })
    await expect.poll(() => changes.length).toBe(1)
    expect(changes[0]).toEqual({
      type: 'changed',
      version: 1,
      upstream: 'models-dev',
      provider: 'acme',
      runId: null,
      added: [],
      updated: [{ id: 'acme/model-1', fields: ['name'] }],
      removed: [],
      truncated: false,
      committedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
  })

  it('delivers each version once when batches are repeated', async () => {
    const { delivered } = await follow({ sinceVersion: 0 })
    for (let round = 0; round < 3; round++) {
      await announce(4)
      await outbox.pool.query('UPDATE catalog_versions SET announced_at = NULL')
      await relay.drain()
    }
    await expect.poll(() => delivered).toEqual(range(1, 12))
    await sleep(100)
    expect(delivered).toEqual(range(1, 12))
  })

  it('hears in order and without loss what several relays announce at once', async () => {
    const { delivered } = await follow({ sinceVersion: 0 })
    const relays = await Promise.all([outbox.openRelay(), outbox.openRelay(), outbox.openRelay()])
    await Promise.all(
      relays.map(async ({ relay: own }) => {
        for (let round = 0; round < 10; round++) {
          await outbox.commitVersions(2)
          await own.drain()
        }
      }),
    )
    await expect.poll(() => delivered).toEqual(range(1, 60))
  })

  it('ignores other events and what is no event', async () => {
    const { delivered, errors } = await follow({ sinceVersion: 0 })
    await expect.poll(subscribers).toBe(1)
    await outbox.redis.publish(outbox.names.channel, 'no event')
    await outbox.redis.publish(outbox.names.channel, '{"type":"plumbline.hold.opened"}')
    await announce(1)
    await expect.poll(() => delivered).toEqual([1])
    expect(errors).toEqual([])
  })
})

describe('lost messages', () => {
  it('are found by polling Redis', async () => {
    await announce(1)
    const { delivered } = await follow({ pollMs: 100 })
    await announceUnheard(3)
    await expect.poll(() => delivered).toEqual([2, 3, 4])
  })

  it('are found by polling PostgreSQL, even when nothing was announced', async () => {
    await announce(1)
    const { delivered } = await follow({ pollMs: 100, databaseUrl: outbox.databaseUrl })
    await outbox.commitVersions(3)
    await expect.poll(() => delivered).toEqual([2, 3, 4])
    await relay.drain()
    await outbox.commitVersions(1)
    await expect.poll(() => delivered).toEqual([2, 3, 4, 5])
  })

  it('are replayed from the stream when the next message shows the gap', async () => {
    await announce(1)
    const { delivered } = await follow()
    await expect.poll(subscribers).toBe(1)
    await announceUnheard(150)
    await announce(1)
    await expect.poll(() => delivered).toEqual(range(2, 152))
  })

  it('are replayed from PostgreSQL where the stream reaches back not far enough', async () => {
    await announce(1)
    const { delivered } = await follow({ databaseUrl: outbox.databaseUrl })
    await expect.poll(subscribers).toBe(1)
    await announceUnheard(40)
    await outbox.redis.xtrim(outbox.names.stream, 'MAXLEN', 10)
    await announce(1)
    await expect.poll(() => delivered).toEqual(range(2, 42))
  })

  it('are replayed from PostgreSQL over more than one page', async () => {
    await outbox.pool.query(
      `INSERT INTO catalog_versions (version, commit_id, provider, data)
       SELECT n, n, 'acme', '{}' FROM generate_series(1, 1200) AS n`,
    )
    await outbox.pool.query('UPDATE catalog_head SET version = 1200')
    const { delivered } = await follow({ databaseUrl: outbox.databaseUrl, sinceVersion: 0 })
    await expect.poll(() => delivered.length).toBe(1200)
    expect(delivered).toEqual(range(1, 1200))
  })

  it('become a reset where nobody has them any more', async () => {
    await announce(1)
    const { follower, delivered, gaps } = await follow()
    await expect.poll(subscribers).toBe(1)
    await announceUnheard(40)
    await outbox.redis.xtrim(outbox.names.stream, 'MAXLEN', 10)
    await announce(1)
    await expect.poll(() => delivered).toEqual(['reset to 41', 42])
    expect(gaps).toEqual([{ from: 2, to: 41 }])
    expect(follower.version).toBe(42)
  })

  it('of a Redis that was flushed become a reset when its version is back', async () => {
    await announce(5)
    const { delivered } = await follow({ sinceVersion: 2, pollMs: 100 })
    await expect.poll(() => delivered).toEqual([3, 4, 5])
    await outbox.redis.del(outbox.names.stream, outbox.names.versionKey)
    await outbox.commitVersions(2)
    await outbox.pool.query('UPDATE catalog_versions SET announced_at = now()')
    await relay.drain()
    await expect.poll(() => delivered).toEqual([3, 4, 5, 'reset to 7'])
  })
})

describe('a bad connection', () => {
  it('that is cut loses nothing', async () => {
    const proxy = await proxied()
    const { delivered } = await follow({ redisUrl: proxy.url, sinceVersion: 0 })
    for (let round = 0; round < 5; round++) {
      await expect.poll(subscribers, { timeout: 5000 }).toBe(1)
      await announce(10)
      proxy.cut()
      await announce(10)
    }
    await expect.poll(() => delivered, { timeout: 10_000 }).toEqual(range(1, 100))
  })

  it('that falls silent is replaced by the watchdog, and loses nothing', async () => {
    const proxy = await proxied()
    await announce(1)
    const { delivered } = await follow({ redisUrl: proxy.url })
    await expect.poll(subscribers).toBe(1)
    proxy.blackhole()
    await announce(3)
    // 2 s until the next ping, 5 s without an answer, and as much again for the other connection.
    await expect.poll(() => delivered, { timeout: 14_000 }).toEqual([2, 3, 4])
    await announce(1)
    await expect.poll(() => delivered, { timeout: 14_000 }).toEqual([2, 3, 4, 5])
  })

  it('that falls silent delays a follower with PostgreSQL by little more than a poll', async () => {
    const proxy = await proxied()
    await announce(1)
    const { delivered } = await follow({
      redisUrl: proxy.url,
      databaseUrl: outbox.databaseUrl,
      pollMs: 200,
    })
    await expect.poll(subscribers).toBe(1)
    proxy.blackhole()
    await announce(3)
    await expect.poll(() => delivered, { timeout: 2500 }).toEqual([2, 3, 4])
  })

  it('to Redis that is refused makes a follower stale, and later loses nothing', async () => {
    const proxy = await proxied()
    await announce(1)
    const { follower, delivered, errors } = await follow({ redisUrl: proxy.url, pollMs: 100 })
    expect(follower.isStale()).toBe(false)
    proxy.refuse()
    await announce(3)
    await expect.poll(() => follower.isStale()).toBe(true)
    expect(delivered).toEqual([])
    expect(errors.length).toBeLessThanOrEqual(1)
    proxy.restore()
    await expect.poll(() => delivered, { timeout: 10_000 }).toEqual([2, 3, 4])
    await expect.poll(() => follower.isStale()).toBe(false)
  })

  it('to PostgreSQL is reported once and leaves messages working', async () => {
    await announce(1)
    const { follower, delivered, errors } = await follow({
      databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing',
      sinceVersion: 1,
      pollMs: 50,
    })
    await expect.poll(subscribers).toBe(1)
    await announce(2)
    await expect.poll(() => delivered).toEqual([2, 3])
    expect(follower.isStale()).toBe(true)
    expect(follower.staleForMs).toBe(Infinity)
    expect(errors).toHaveLength(1)
  })
})

describe('a follower without a first answer', () => {
  it('resolves all the same, is stale, and begins with a reset', async () => {
    const proxy = await proxied()
    await announce(7)
    proxy.refuse()
    const { follower, delivered } = await follow({ redisUrl: proxy.url, pollMs: 100 })
    expect(follower.version).toBeUndefined()
    expect(follower.isStale()).toBe(true)
    proxy.restore()
    await expect.poll(() => delivered, { timeout: 10_000 }).toEqual(['reset to 7'])
    expect(follower.version).toBe(7)
  })

  it('rejects when it is aborted meanwhile', async () => {
    const proxy = await proxied()
    proxy.refuse()
    const signal = AbortSignal.timeout(100)
    await expect(follow({ redisUrl: proxy.url, signal })).rejects.toThrow('aborted')
  })
})

describe('closing', () => {
  it('ends the subscription, calls nothing afterwards, and can be repeated', async () => {
    const { follower, delivered, errors } = await follow({ databaseUrl: outbox.databaseUrl })
    await expect.poll(subscribers).toBe(1)
    await Promise.all([follower.close(), follower.close()])
    await expect.poll(subscribers).toBe(0)
    await announce(2)
    await sleep(50)
    expect([delivered, errors]).toEqual([[], []])
  })

  it('happens when the signal is aborted', async () => {
    const controller = new AbortController()
    await announce(1)
    await follow({ signal: controller.signal })
    await expect.poll(subscribers).toBe(1)
    controller.abort()
    await expect.poll(subscribers).toBe(0)
  })
})

/** Into the stream and the key, but no subscriber is told: as a message that was lost. */
async function announceUnheard(count: number): Promise<void> {
  const newest = await outbox.commitVersions(count)
  const names = { ...outbox.names, channel: `${outbox.prefix}:nobody` }
  await announceNextIn(outbox.prisma)(count, async ({ versions }) => {
    const events = versions.map((row) => catalogChanged(row))
    await publishEvents(outbox.redis, names, events)
    await raiseVersionKey(outbox.redis, names, newest)
  })
}
