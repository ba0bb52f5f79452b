import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CatalogChangedEvent } from '../../src/events/events.ts'
import { createOutboxRelay } from '../../src/events/outbox.ts'
import { openEventsRedis } from '../../src/events/redis.ts'
import { announceNextIn, readPendingEvents } from '../../src/history/outbox-rows.ts'
import { range } from '../client/changes.ts'
import { startTcpProxy } from '../client/tcp-proxy.ts'
import { redisUrl } from '../support/redis.ts'
import { openOutbox, silentLog, type Outbox } from './outbox-fixture.ts'

let outbox: Outbox
beforeEach(async () => {
  outbox = await openOutbox()
})
afterEach(() => outbox.close())

/** Everything in the stream, oldest first. */
async function streamed(): Promise<{ id: string; type: string; event: CatalogChangedEvent }[]> {
  const entries = await outbox.redis.xrange(outbox.names.stream, '-', '+')
  return entries.map(([, fields]) => {
    const [, event = '', , id = '', , type = ''] = fields
    return { id, type, event: JSON.parse(event) }
  })
}

async function streamedVersions(): Promise<number[]> {
  return (await streamed()).map(({ event }) => event.data.version)
}

const pending = async (): Promise<number> => (await readPendingEvents(outbox.prisma)).count

describe('drain', () => {
  it('announces queued versions in order: stream, channel, key, mark', async () => {
    await outbox.commitVersions(50)
    const heard: number[] = []
    const subscriber = new Redis(redisUrl())
    await subscriber.subscribe(outbox.names.channel)
    subscriber.on('message', (_channel, text: string) => {
      const event: CatalogChangedEvent = JSON.parse(text)
      heard.push(event.data.version)
    })
    const { relay } = await outbox.openRelay()

    expect(await relay.drain()).toBe(50)

    expect(await streamedVersions()).toEqual(range(1, 50))
    await expect.poll(() => heard).toEqual(range(1, 50))
    expect(await outbox.redis.get(outbox.names.versionKey)).toBe('50')
    expect(await pending()).toBe(0)
    expect(await relay.drain()).toBe(0)
    subscriber.disconnect()
  })

  it('announces more than one batch holds', async () => {
    await outbox.pool.query(
      `INSERT INTO catalog_versions (version, commit_id, provider, data)
       SELECT n, n, 'acme', '{}' FROM generate_series(1, 450) AS n`,
    )
    const { relay } = await outbox.openRelay()
    expect(await relay.drain()).toBe(450)
    expect(await streamedVersions()).toEqual(range(1, 450))
  })

  it('announces what a process commits that has just connected and ends at once', async () => {
    const redis = openEventsRedis(redisUrl(), silentLog)
    const { prisma, prefix } = outbox
    const announceNext = announceNextIn(prisma)
    const relay = createOutboxRelay({ announceNext, redis, log: silentLog, prefix })
    await outbox.commitVersions(2)
    void relay.drain()
    await relay.close()
    redis.disconnect()
    expect(await streamedVersions()).toEqual([1, 2])
  })

  it('announces notices with ids of their own', async () => {
    await outbox.commitVersions(1)
    await outbox.storeNotice({
      type: 'plumbline.upstream.failing',
      data: {
        upstream: 'openrouter',
        consecutiveFailures: 5,
        errorCode: 'fetch_timeout',
        message: 'No complete answer within the deadline.',
        lastSuccessAt: null,
      },
    })
    const { relay } = await outbox.openRelay()
    expect(await relay.drain()).toBe(2)
    expect((await streamed()).map(({ id, type }) => [id, type])).toEqual([
      ['1', 'plumbline.catalog.changed'],
      ['notice-1', 'plumbline.upstream.failing'],
    ])
    expect(await pending()).toBe(0)
  })

  it('is not blocked by rows that do not fit the event map', async () => {
    await outbox.commitVersions(2)
    await outbox.pool.query(`UPDATE catalog_versions SET data = '{"added": 1}' WHERE version = 1`)
    await outbox.pool.query(`INSERT INTO notices (type, data) VALUES ('plumbline.unknown', '{}')`)
    const problems: string[] = []
    const log = {
      ...silentLog,
      error: (_fields: object, message: string) => problems.push(message),
    }
    const { relay } = await outbox.openRelay({ log })
    await relay.drain()
    const [first, second] = await streamed()
    expect(first?.event.data).toMatchObject({ version: 1, provider: 'acme', truncated: true })
    expect(second?.event.data).toMatchObject({ version: 2, truncated: false })
    expect(problems).toHaveLength(2)
    expect(await pending()).toBe(0)
  })

  it('tells how much waits and for how long', async () => {
    expect(await readPendingEvents(outbox.prisma)).toEqual({ count: 0, oldestAgeSeconds: 0 })
    await outbox.commitVersions(2)
    await outbox.pool.query(
      `UPDATE catalog_versions SET committed_at = now() - interval '1 minute' WHERE version = 1`,
    )
    const waiting = await readPendingEvents(outbox.prisma)
    expect(waiting.count).toBe(2)
    expect(waiting.oldestAgeSeconds).toBeGreaterThanOrEqual(60)
    expect(waiting.oldestAgeSeconds).toBeLessThan(90)
  })
})

describe('a failing Redis', () => {
  it('loses nothing while it is down, and is noticed as soon as it is back', async () => {
    const proxy = await startTcpProxy(redisUrl())
    const failures: string[] = []
    const warnings: string[] = []
    const { relay, redis } = await outbox.openRelay({
      url: proxy.url,
      intervalMs: 60_000,
      log: { ...silentLog, warn: (_fields: object, message: string) => warnings.push(message) },
      metrics: { eventsAnnounced: () => {}, announceFailed: (code) => failures.push(code) },
    })
    relay.start()
    await relay.drain()
    proxy.refuse()
    await expect.poll(() => redis.status).not.toBe('ready')

    await outbox.commitVersions(20)
    for (let attempt = 0; attempt < 3; attempt++) expect(await relay.drain()).toBe(0)
    expect(failures).toEqual(Array(3).fill('redis_unavailable'))
    expect(warnings).toEqual(['Announcing events fails'])
    expect(await pending()).toBe(20)

    proxy.restore()
    await expect.poll(pending, { timeout: 10_000 }).toBe(0)
    expect(await streamedVersions()).toEqual(range(1, 20))
    await relay.close()
    await proxy.close()
  })

  it('that accepts commands and never answers leaves the versions pending', async () => {
    const proxy = await startTcpProxy(redisUrl())
    const { relay, redis } = await outbox.openRelay({ url: proxy.url })
    await outbox.commitVersions(3)
    proxy.blackhole()
    expect(await relay.drain()).toBe(0)
    expect(await pending()).toBe(3)
    await expect.poll(() => redis.status, { timeout: 10_000 }).toBe('ready')
    expect(await relay.drain()).toBe(3)
    expect(await streamedVersions()).toEqual([1, 2, 3])
    await relay.close()
    await proxy.close()
  })

  it('that was flushed gets its version key back from the next drain', async () => {
    await outbox.commitVersions(4)
    const { relay } = await outbox.openRelay()
    await relay.drain()
    await outbox.redis.del(outbox.names.versionKey, outbox.names.stream)
    await relay.drain()
    expect(await outbox.redis.get(outbox.names.versionKey)).toBe('4')
  })

  it('has its version key lowered after PostgreSQL was restored from a backup', async () => {
    await outbox.commitVersions(3)
    const { relay } = await outbox.openRelay()
    await relay.drain()
    await outbox.redis.set(outbox.names.versionKey, 900)
    await relay.drain()
    expect(await outbox.redis.get(outbox.names.versionKey)).toBe('3')
  })
})

describe('a relay that is killed between publishing and marking', () => {
  it('repeats its batch and loses nothing', async () => {
    await outbox.commitVersions(5)
    const announceNext = announceNextIn(outbox.prisma)
    const { relay: doomed } = await outbox.openRelay({
      announceNext: (limit, publish) =>
        announceNext(limit, async (batch) => {
          await publish(batch)
          throw new Error('killed')
        }),
    })
    expect(await doomed.drain()).toBe(0)
    expect(await pending()).toBe(5)
    await outbox.commitVersions(1)

    const { relay: survivor } = await outbox.openRelay()
    expect(await survivor.drain()).toBe(6)
    expect(await streamedVersions()).toEqual([...range(1, 5), ...range(1, 6)])
  })

  it('leaves nothing behind when its connection to PostgreSQL is cut', async () => {
    await outbox.commitVersions(2)
    const announceNext = announceNextIn(outbox.prisma)
    const { relay: doomed } = await outbox.openRelay({
      announceNext: (limit, publish) =>
        announceNext(limit, async (batch) => {
          await publish(batch)
          await outbox.pool.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND state = 'idle in transaction'`,
          )
        }),
    })
    expect(await doomed.drain()).toBe(0)
    const { relay: survivor } = await outbox.openRelay()
    expect(await survivor.drain()).toBe(2)
    expect(await pending()).toBe(0)
  })
})

describe('several relays', () => {
  it('publish each version once and in order, whoever commits and drains', async () => {
    const relays = await Promise.all([outbox.openRelay(), outbox.openRelay(), outbox.openRelay()])
    const announced = await Promise.all(
      relays.map(async ({ relay }) => {
        let count = 0
        for (let round = 0; round < 15; round++) {
          await outbox.commitVersions(1)
          count += await relay.drain()
        }
        return count
      }),
    )
    expect(await pending()).toBe(0)
    expect(announced.reduce((sum, count) => sum + count)).toBe(45)
    expect(await streamedVersions()).toEqual(range(1, 45))
  })

  it('wait for the one that publishes instead of leaving the rest to the next tick', async () => {
    await outbox.commitVersions(1)
    const announceNext = announceNextIn(outbox.prisma)
    const { relay: slow } = await outbox.openRelay({
      announceNext: (limit, publish) =>
        announceNext(limit, async (batch) => {
          await publish(batch)
          await sleep(400)
        }),
    })
    const { relay } = await outbox.openRelay()
    const slowly = slow.drain()
    await expect.poll(streamedVersions).toEqual([1])
    await outbox.commitVersions(1)
    expect(await relay.drain()).toBe(1)
    expect(await streamedVersions()).toEqual([1, 2])
    expect(await slowly).toBe(1)
  })
})
