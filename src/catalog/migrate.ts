/**
 * Applies prisma/migrations without Prisma's native engine (ARCHITECTURE.md § Data): one session that holds
 * an advisory lock, one transaction a file, and in the same transaction the row of `_prisma_migrations`
 * as Prisma itself would write it, so that `prisma migrate deploy` agrees where it can run.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client, type ClientBase, type ClientConfig } from 'pg'
import { PlumblineError, toPlumblineError } from '../errors.ts'
import {
  checksumsOf,
  createHistory,
  readHistory,
  readMigrations,
  refuseEdited,
  refuseUnknown,
  type Migration,
} from './migration-history.ts'
import { relinkModels } from './relink-models.ts'

export interface MigrateOptions {
  /** Default: the project's own prisma/migrations. */
  migrationsDir?: string
}

const ownMigrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
// Prisma's own key: `prisma migrate deploy` and this one wait for each other.
// https://github.com/prisma/prisma-engines, sql_schema_connector, flavour/postgres: acquire_lock
const advisoryLock = 72707369
const connectTimeoutMs = 10_000
const endTimeoutMs = 2_000
const readTimeoutMs = 30_000
// As long as a large migration of another process may take; a lock is not waited for forever.
const lockWaitMs = 30 * 60_000

/**
 * Names of the migrations that were applied now, in order; empty when there was nothing to do. Any
 * number of processes may call it at once: one applies, the others wait and find nothing left.
 * Throws `migration_failed` (nothing of that file stays), `schema_mismatch`, `database_unavailable`.
 */
export async function migrate(
  databaseUrl: string,
  options: MigrateOptions = {},
): Promise<string[]> {
  const migrations = readMigrations(options.migrationsDir ?? ownMigrations)
  // A migration may take as long as it needs, so a dead connection is for TCP to find.
  const timeouts = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 }
  return withSession(databaseUrl, timeouts, async (session) => {
    await lock(session)
    await session.query(createHistory)
    const applied = await readHistory(session)
    refuseUnknown(applied, migrations)
    refuseEdited(applied, migrations)
    const pending = migrations.filter(({ name }) => !applied.has(name))
    for (const migration of pending) await apply(session, migration)
    if (options.migrationsDir === undefined) await relinkModels(session)
    return pending.map(({ name }) => name)
  })
}

/**
 * Throws `schema_mismatch` unless the database has exactly the migrations that this code was built
 * for. Called at start with a connection of the caller's, or with a URL.
 */
export async function assertSchemaCurrent(
  database: string | Pick<ClientBase, 'query'>,
  options: MigrateOptions = {},
): Promise<void> {
  const migrations = readMigrations(options.migrationsDir ?? ownMigrations)
  const applied =
    typeof database === 'string'
      ? await withSession(database, { query_timeout: readTimeoutMs }, readHistory)
      : await readHistory(database)
  refuseUnknown(applied, migrations)
  refuseEdited(applied, migrations)
  const missing = migrations.filter(({ name }) => !applied.has(name)).map(({ name }) => name)
  if (missing.length > 0)
    throw new PlumblineError(
      'schema_mismatch',
      `The database lacks these migrations: ${missing.join(', ')}.`,
      { nextStep: 'Run plumbline migrate.' },
    )
}

async function withSession<T>(
  databaseUrl: string,
  timeouts: ClientConfig,
  work: (session: Client) => Promise<T>,
): Promise<T> {
  const session = new Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: `plumbline migrate ${process.pid}`,
    ...timeouts,
  })
  session.on('error', () => {}) // a lost connection also fails the query that runs, or the next one
  try {
    await session.connect()
    return await work(session)
  } catch (error) {
    throw toPlumblineError(error)
  } finally {
    // A server that no longer answers does not answer the goodbye either.
    await Promise.race([session.end(), sleep(endTimeoutMs, undefined, { ref: false })])
  }
}

async function lock(session: Client): Promise<void> {
  // When we are killed the server then notices in the middle of a long statement, too. It cannot on
  // every platform, and without it the next migrator only waits longer.
  await session.query(`SET client_connection_check_interval = '2s'`).catch(() => {})
  await session.query(`SET lock_timeout = ${lockWaitMs}`)
  await session.query('SELECT pg_advisory_lock($1)', [advisoryLock])
}

async function apply(session: Client, { name, sql }: Migration): Promise<void> {
  try {
    await session.query('BEGIN')
    await session.query(sql)
    await session.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksumsOf(sql)[0], name],
    )
    await session.query('COMMIT')
  } catch (error) {
    // Without a connection there is nothing to roll back, and the first error says why.
    await session.query('ROLLBACK').catch(() => {})
    throw migrationFailed(name, error)
  }
}

function migrationFailed(name: string, error: unknown): PlumblineError {
  const known = toPlumblineError(error)
  if (known.code !== 'internal') return known
  return new PlumblineError(
    'migration_failed',
    `The migration ${name} failed and left nothing behind: ${known.message}`,
    {
      cause: error,
      nextStep: 'Repair what the message names and run plumbline migrate again.',
    },
  )
}
