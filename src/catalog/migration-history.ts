/** What the folder of migrations asks for and what the database says was applied. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClientBase } from 'pg'
import { PlumblineError } from '../errors.ts'

export interface Migration {
  name: string
  sql: string
}

/** Prisma's own table, to the letter. */
export const createHistory = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`

interface HistoryRow {
  migration_name: string
  checksum: string
  finished_at: Date | null
}

/** Checksum by name of what is applied; empty for a database that was never migrated. */
export async function readHistory(
  session: Pick<ClientBase, 'query'>,
): Promise<Map<string, string>> {
  const found = await session.query<{ history: string | null }>(
    `SELECT to_regclass('_prisma_migrations') AS history`,
  )
  if (found.rows[0]?.history === null) return new Map()
  const { rows } = await session.query<HistoryRow>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  )
  const unfinished = rows.find(({ finished_at }) => finished_at === null)
  if (unfinished)
    throw new PlumblineError(
      'migration_failed',
      `Prisma left ${unfinished.migration_name} half applied.`,
      { nextStep: 'Repair the database, then mark the migration with prisma migrate resolve.' },
    )
  return new Map(rows.map((row) => [row.migration_name, row.checksum]))
}

/** In the order in which they are applied. */
export function readMigrations(dir: string): Migration[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, sql: readFileSync(join(dir, name, 'migration.sql'), 'utf8') }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

export function refuseUnknown(applied: Map<string, string>, migrations: Migration[]): void {
  const known = new Set(migrations.map(({ name }) => name))
  const unknown = [...applied.keys()].filter((name) => !known.has(name))
  if (unknown.length === 0) return
  throw new PlumblineError(
    'schema_mismatch',
    `The database has migrations of a newer version: ${unknown.join(', ')}.`,
    { nextStep: 'Start the version that made them, or a newer one.' },
  )
}

export function refuseEdited(applied: Map<string, string>, migrations: Migration[]): void {
  for (const { name, sql } of migrations) {
    const checksum = applied.get(name)
    if (checksum === undefined || checksumsOf(sql).includes(checksum)) continue
    throw new PlumblineError(
      'migration_failed',
      `The migration ${name} was edited after it was applied.`,
      { nextStep: 'Restore the file and put the change into a new migration.' },
    )
  }
}

/** The file's own, then those of the same text with the other line ends, which Prisma accepts too. */
export function checksumsOf(sql: string): string[] {
  const unix = sql.replaceAll('\r\n', '\n')
  return [sql, unix, unix.replaceAll('\n', '\r\n')].map((text) =>
    createHash('sha256').update(text).digest('hex'),
  )
}
