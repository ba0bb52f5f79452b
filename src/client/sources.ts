import type { Redis } from 'ioredis'
import { openCatalogDatabase, type CatalogDatabase } from './catalog-database.ts'
import type { ErrorReports } from './error-reports.ts'
import type { EventNames } from './names.ts'
import { isVersion } from './read-event.ts'
import { connectRedis } from './redis-connection.ts'
import type { ReplaySource } from './replay.ts'
import { replayFromStream } from './stream-replay.ts'

export interface SourcesOptions {
  redisUrl: string
  databaseUrl?: string
  names: EventNames
  reports: ErrorReports
}

/** Where a follower reads what it was not told. */
export interface Sources {
  /** From PostgreSQL where there is one, else from Redis. Undefined: it cannot be told now. */
  readVersion: () => Promise<number | undefined>
  /** The stream first: it costs the database nothing. */
  replays: ReplaySource[]
  /** Calls back whenever Redis is (again) connected for reading. */
  onConnected: (callback: () => void) => void
  close: () => Promise<void>
}

export async function openSources(options: SourcesOptions): Promise<Sources> {
  const { redisUrl, databaseUrl, names, reports } = options
  const onPostgresError = (error: unknown): void => reports.outage('postgres', error)
  const database = databaseUrl && (await openCatalogDatabase(databaseUrl, onPostgresError))
  const redis = connectRedis(redisUrl, 'plumbline-reader', (error) =>
    reports.outage('redis', error),
  )
  const replays: ReplaySource[] = [
    { name: 'redis', read: (gap) => replayFromStream(redis, names.stream, gap) },
  ]
  if (database) replays.push({ name: 'postgres', read: (gap) => database.readChanges(gap) })
  return {
    readVersion: () =>
      database ? readCommitted(database, reports) : readAnnounced(redis, names, reports),
    replays,
    onConnected: (callback) => void redis.on('ready', callback),
    async close() {
      redis.disconnect()
      if (database) await database.close()
    },
  }
}

async function readCommitted(
  database: CatalogDatabase,
  reports: ErrorReports,
): Promise<number | undefined> {
  try {
    return await database.readVersion()
  } catch (error) {
    reports.outage('postgres', error)
    return undefined
  }
}

/**
 * The relay keeps the key, and brings it back within seconds after Redis has lost it; so where there
 * is none, nobody knows. While the connection is down its own errors tell.
 */
async function readAnnounced(
  redis: Redis,
  { versionKey }: EventNames,
  reports: ErrorReports,
): Promise<number | undefined> {
  if (redis.status !== 'ready') return undefined
  try {
    const text = await redis.get(versionKey)
    const version = Number(text)
    return text !== null && isVersion(version) ? version : undefined
  } catch (error) {
    reports.outage('redis', error)
    return undefined
  }
}
