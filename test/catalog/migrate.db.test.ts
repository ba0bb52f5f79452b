import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { noDifference, prismaStatus, sqlToSchema } from '../../prisma/schema-engine.ts'
import { assertSchemaCurrent, migrate } from '../../src/catalog/migrate.ts'
import { createDatabase, createEmptyDatabase } from '../support/database.ts'
import { temporaryDir } from '../support/data-dir.ts'
import { startProgram, type Program } from '../support/program.ts'

const ownMigrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
const own = readdirSync(ownMigrations, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort()
const initial = '20261121000000_init'
const later = '29990101000000_later'

describe('migrations and schema.prisma', () => {
  test('agree', async () => {
    expect(await sqlToSchema(await migratedDatabase())).toBe(noDifference)
  })

  test('are seen to differ when they do', async () => {
    const url = await migratedDatabase()
    await query(url, 'ALTER TABLE models DROP COLUMN family')
    expect(await sqlToSchema(url)).toContain('ADD COLUMN     "family" TEXT')
  })

  test('the history is one that Prisma itself has no objection to', async () => {
    expect(await prismaStatus(await migratedDatabase(), ownMigrations)).toEqual({
      editedMigrationNames: [],
      failedMigrationNames: [],
      hasMigrationsTable: true,
      history: null,
    })
  })
})

describe('migrate', () => {
  test('reports what it applied, and a second run applies nothing', async () => {
    const url = await emptyDatabase()
    expect(await migrate(url)).toEqual(own)
    expect(await migrate(url)).toEqual([])
    expect(await history(url)).toEqual(own)
  })

  test('applies a new migration on top, in the order of the names', async () => {
    const url = await emptyDatabase()
    await migrate(url)
    const migrationsDir = withMigration(later, 'CREATE TABLE later ()')
    addMigration(migrationsDir, '29980101000000_between', 'CREATE TABLE between_them ()')
    expect(await migrate(url, { migrationsDir })).toEqual(['29980101000000_between', later])
  })

  test('refuses when an applied file was edited, and applies nothing', async () => {
    const url = await emptyDatabase()
    const migrationsDir = withMigration(later, 'CREATE TABLE later ()')
    await migrate(url, { migrationsDir })
    addMigration(migrationsDir, later, 'CREATE TABLE later (id int)')
    addMigration(migrationsDir, `${later}_too`, 'CREATE TABLE later_too ()')
    await expect(migrate(url, { migrationsDir })).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringContaining(later),
    })
    expect(await history(url)).toEqual([...own, later])
  })

  test('takes a file whose line ends git changed for the same', async () => {
    const url = await emptyDatabase()
    const migrationsDir = withMigration(later, 'CREATE TABLE later ();\n')
    await migrate(url, { migrationsDir })
    addMigration(migrationsDir, later, 'CREATE TABLE later ();\r\n')
    expect(await migrate(url, { migrationsDir })).toEqual([])
  })

  test('leaves nothing of a migration that fails, and keeps those before it', async () => {
    const url = await emptyDatabase()
    const migrationsDir = withMigration(later, 'CREATE TABLE later (); SELECT 1 / 0;')
    await expect(migrate(url, { migrationsDir })).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringMatching(`${later}.*division by zero`),
    })
    expect(await history(url)).toEqual(own)
    expect(await tables(url)).not.toContain('later')
  })

  test('refuses a database that a newer version migrated', async () => {
    const url = await emptyDatabase()
    await migrate(url, { migrationsDir: withMigration(later, 'CREATE TABLE later ()') })
    await expect(migrate(url)).rejects.toMatchObject({ code: 'schema_mismatch' })
  })

  test('refuses while Prisma has a migration half applied', async () => {
    const url = await migratedDatabase()
    await query(url, 'UPDATE _prisma_migrations SET finished_at = NULL')
    await expect(migrate(url)).rejects.toMatchObject({ code: 'migration_failed' })
  })

  test('says so when there is no database', async () => {
    const nobody = 'postgresql://plumbline@127.0.0.1:1/plumbline'
    await expect(migrate(nobody)).rejects.toMatchObject({ code: 'database_unavailable' })
  })
})

describe('a database of before', () => {
  test('keeps its models, and learns which of them are the same', async () => {
    const url = await emptyDatabase()
    const migrationsDir = temporaryDir()
    cpSync(join(ownMigrations, initial), join(migrationsDir, initial), { recursive: true })
    expect(await migrate(url, { migrationsDir })).toEqual([initial])
    await query(
      url,
      `INSERT INTO providers (id, name) VALUES ('acme', 'Acme');
       INSERT INTO models (provider, model_id, name, base_model, hash, created_at, changed_at, commit_id)
       VALUES ('acme', 'Llama-3.3-70B-Instruct', 'Llama', 'meta/llama-3.3-70b-instruct', 'h', now(), now(), 1)`,
    )
    expect(await migrate(url)).toEqual(own.slice(1))
    expect(await query(url, 'SELECT name, base_id, variant FROM models')).toEqual([
      { name: 'Llama', base_id: 'meta/llama-3-3-70b-instruct', variant: '' },
    ])
    expect(await sqlToSchema(url)).toBe(noDifference)
  })
})

describe('with kill -9', () => {
  test('in the middle of a migration nothing of it stays, and the next run applies it', async () => {
    const url = await emptyDatabase()
    const migrationsDir = withMigration(later, 'CREATE TABLE later (); SELECT pg_sleep(60);')
    const migrator = startMigrator(url, migrationsDir)
    await sleeperIn(url)
    migrator.kill('SIGKILL')
    expect(await migrator.ended).toBeNull()
    expect(await tables(url)).not.toContain('later')
    expect(await history(url)).toEqual(own)
    addMigration(migrationsDir, later, 'CREATE TABLE later ()')
    expect(await migrate(url, { migrationsDir })).toEqual([later])
  })

  test('of one of five on an empty database, the others apply each migration once', async () => {
    const migrationsDir = withMigration(later, 'CREATE TABLE later (); SELECT pg_sleep(2);')
    const url = await emptyDatabase()
    const migrators = Array.from({ length: 5 }, () => startMigrator(url, migrationsDir))
    const victimPid = await sleeperIn(url)
    const victim = migrators.find(({ pid }) => pid === victimPid)
    victim?.kill('SIGKILL')

    expect(await victim?.ended).toBeNull()
    const survivors = migrators.filter((migrator) => migrator !== victim)
    expect(survivors).toHaveLength(4)
    const exitCodes = await Promise.all(survivors.map(({ ended }) => ended))
    expect(exitCodes).toEqual([0, 0, 0, 0])
    expect(await history(url)).toEqual([...own, later])

    const again = startMigrator(url, migrationsDir)
    expect(await again.ended).toBe(0)
    expect(again.output().trim()).toBe('[]')
    const undisturbed = await emptyDatabase()
    await migrate(undisturbed, { migrationsDir: withMigration(later, 'CREATE TABLE later ()') })
    expect(await schemaOf(url)).toEqual(await schemaOf(undisturbed))
  })
})

describe('assertSchemaCurrent', () => {
  test('is content with the schema that the code was built for, by URL and by connection', async () => {
    const url = await migratedDatabase()
    await expect(assertSchemaCurrent(url)).resolves.toBeUndefined()
    await withClient(url, async (client) => {
      await expect(assertSchemaCurrent(client)).resolves.toBeUndefined()
    })
  })

  test('names the migrations that are missing', async () => {
    await expect(assertSchemaCurrent(await emptyDatabase())).rejects.toMatchObject({
      code: 'schema_mismatch',
      message: expect.stringContaining(initial),
      nextStep: 'Run plumbline migrate.',
    })
  })

  test('refuses a database that a newer version migrated', async () => {
    const url = await emptyDatabase()
    await migrate(url, { migrationsDir: withMigration(later, 'CREATE TABLE later ()') })
    await expect(assertSchemaCurrent(url)).rejects.toMatchObject({
      code: 'schema_mismatch',
      message: expect.stringContaining(later),
    })
  })
})

async function emptyDatabase(): Promise<string> {
  const database = await createEmptyDatabase()
  onTestFinished(database.drop)
  return database.url
}

async function migratedDatabase(): Promise<string> {
  const database = await createDatabase()
  onTestFinished(database.drop)
  return database.url
}

/** A copy of the project's migrations with one more. */
function withMigration(name: string, sql: string): string {
  const migrationsDir = temporaryDir()
  cpSync(ownMigrations, migrationsDir, { recursive: true })
  addMigration(migrationsDir, name, sql)
  return migrationsDir
}

function addMigration(migrationsDir: string, name: string, sql: string): void {
  mkdirSync(join(migrationsDir, name), { recursive: true })
  writeFileSync(join(migrationsDir, name, 'migration.sql'), sql)
}

function startMigrator(url: string, migrationsDir: string): Program {
  return startProgram(new URL('migrate-once.ts', import.meta.url), [url, migrationsDir])
}

/** Waits until a migrator is in the middle of a migration that sleeps; its pid. */
async function sleeperIn(url: string): Promise<number> {
  for (;;) {
    const [sleeper] = await query(
      url,
      `SELECT application_name AS name FROM pg_stat_activity
       WHERE datname = current_database() AND query LIKE '%pg_sleep%' AND wait_event = 'PgSleep'`,
    )
    if (sleeper) return Number(String(sleeper['name']).replace('plumbline migrate ', ''))
    await sleep(20)
  }
}

async function history(url: string): Promise<unknown[]> {
  const rows = await query(url, 'SELECT migration_name FROM _prisma_migrations ORDER BY started_at')
  return rows.map((row) => row['migration_name'])
}

async function tables(url: string): Promise<unknown[]> {
  const rows = await query(url, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)
  return rows.map((row) => row['tablename'])
}

async function schemaOf(url: string): Promise<unknown> {
  return {
    columns: await query(
      url,
      `SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name
       FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2`,
    ),
    indexes: await query(
      url,
      `SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`,
    ),
    constraints: await query(
      url,
      `SELECT conrelid::regclass::text AS table, conname, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2`,
    ),
  }
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  return withClient(url, async (client) => (await client.query<Record<string, unknown>>(sql)).rows)
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
