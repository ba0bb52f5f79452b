/** What the tests of relay and follower share: a database whose versions the test commits, and its relays. */
import { once } from 'node:events'
import { PrismaPg } from '@prisma/adapter-pg'
import { Pool } from 'pg'
import { buildChangedData } from '../../src/events/catalog-changed.ts'
import { eventNames } from '../../src/events/names.ts'
import type { Notice } from '../../src/events/notice.ts'
import { createOutboxRelay, type OutboxRelayOptions } from '../../src/events/outbox.ts'
import { openEventsRedis } from '../../src/events/redis.ts'
import { PrismaClient } from '../../src/generated/prisma/client.ts'
import { announceNextIn } from '../../src/history/outbox-rows.ts'
import { createDatabase } from '../support/database.ts'
import { redisPrefix, redisUrl } from '../support/redis.ts'

export const silentLog = { info: () => {}, warn: () => {}, error: () => {} }

export async function openOutbox() {
  const database = await createDatabase()
  const pool = new Pool({ connectionString: database.url, max: 4 })
  pool.on('error', () => {})
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: database.url }) })
  const prefix = redisPrefix()
  const redis = openEventsRedis(redisUrl(), silentLog)
  const opened: (() => unknown)[] = []
  return {
    databaseUrl: database.url,
    pool,
    prisma,
    prefix,
    names: eventNames(prefix),
    /** For the test's own look at Redis. */
    redis,
    commitVersions: (count: number) => commitVersions(pool, count),
    storeNotice: ({ type, data }: Notice) =>
      pool.query('INSERT INTO notices (type, data) VALUES ($1, $2)', [type, data]),
    /** A relay with a connection of its own, as another process has it; connected. */
    async openRelay(options: Partial<OutboxRelayOptions> & { url?: string } = {}) {
      const own = openEventsRedis(options.url ?? redisUrl(), silentLog)
      const announceNext = announceNextIn(prisma)
      const basics = { announceNext, redis: own, log: silentLog, prefix }
      const relay = createOutboxRelay({ ...basics, ...options })
      opened.push(
        () => relay.close(),
        () => own.disconnect(),
      )
      await once(own, 'ready')
      return { relay, redis: own }
    },
    async close() {
      for (const close of opened) await close()
      await redis.del(...Object.values(eventNames(prefix)))
      redis.disconnect()
      await prisma.$disconnect()
      await pool.end()
      await database.drop()
    },
  }
}

export type Outbox = Awaited<ReturnType<typeof openOutbox>>

/** Each in a transaction of its own, as commits make them. Returns the newest version. */
export async function commitVersions(pool: Pool, count: number): Promise<number> {
  let newest = 0
  for (let done = 0; done < count; done++) newest = await commitVersion(pool)
  return newest
}

async function commitVersion(pool: Pool): Promise<number> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const { rows } = await client.query<{ version: string }>(
      'UPDATE catalog_head SET version = version + 1 RETURNING version',
    )
    const version = Number(rows[0]?.version)
    const origin = { version, upstream: 'models-dev', provider: 'acme', runId: null }
    const updated = [{ id: `acme/model-${version}`, fields: ['name'] }]
    const data = buildChangedData({ ...origin, added: [], updated, removed: [] })
    await client.query(
      `INSERT INTO catalog_versions (version, commit_id, upstream, provider, data)
       VALUES ($1, nextval('commit_seq'), $2, $3, $4)`,
      [version, origin.upstream, origin.provider, data],
    )
    await client.query('COMMIT')
    return version
  } finally {
    client.release()
  }
}
