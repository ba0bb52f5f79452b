/**
 * PostgreSQL through Prisma: the client, its pool's limits and transactions. Functions that read or
 * write take a `Db` (no transaction needed) or a `Tx` (must run inside one).
 */
import { hash } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import { PlumblineError } from '../errors.ts'
import { Prisma, PrismaClient } from '../generated/prisma/client.ts'

export type Db = PrismaClient
export type Tx = Prisma.TransactionClient
/** A read that is as good outside a transaction as inside one, and past Prisma (read-pool.ts). */
export interface Reader {
  $queryRaw: <T = unknown>(
    query: TemplateStringsArray | Prisma.Sql,
    ...values: unknown[]
  ) => Promise<T>
}

export interface DatabaseOptions {
  url: string
  /** Connections at most. */
  poolSize: number
  applicationName: string
}

export interface Database {
  db: Db
  close: () => Promise<void>
}

// Without these, a pool waits without limit for a slot, and a query on a dead connection hangs for
// ever: only the client-side query_timeout ends it (measured; Prisma 7 with adapter-pg).
export const connectionLimits = {
  connectionTimeoutMillis: 5_000,
  query_timeout: 60_000,
  statement_timeout: 55_000,
  lock_timeout: 30_000,
  // A worker that is stopped inside a transaction keeps its locks for so long, and others wait for them.
  idle_in_transaction_session_timeout: 20_000,
  keepAlive: true,
}

export function openDatabase({ url, poolSize, applicationName }: DatabaseOptions): Database {
  const adapter = new PrismaPg(
    {
      connectionString: url,
      max: poolSize,
      application_name: applicationName,
      ...connectionLimits,
    },
    // A connection that dies while it is idle is replaced by the pool: nobody has to act.
    {
      onPoolError: () => undefined,
      onConnectionError: () => undefined,
      statementNameGenerator: ({ sql }) => statementName(sql),
    },
  )
  const db = new PrismaClient({ adapter })
  return { db, close: () => db.$disconnect() }
}

/**
 * Named statements are parsed and planned once per connection instead of at every call. The texts are
 * few: lists are passed as one parameter, whatever their length.
 */
export function statementName(sql: string): string {
  return sql.includes(plannedAnewText) ? '' : `plumbline_${hash('md5', sql)}`
}

const plannedAnewText = '/* planned anew */'

/**
 * Behind SELECT: the statement is planned for its very parameters each time. A plan for any LIMIT and
 * any filter sorts the whole table where an index in order would have given a page at once.
 */
export const plannedAnew = Prisma.raw(plannedAnewText)

const transactionLimits = { maxWait: 10_000, timeout: 120_000 }
const conflictAttempts = 3

/** One transaction, READ COMMITTED; a deadlock or serialisation failure is tried again. */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.$transaction(work, transactionLimits)
    } catch (error) {
      if (attempt === conflictAttempts || !isConflict(error)) throw error
    }
  }
}

function isConflict(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof PlumblineError) return false
  const text = `${error.message} ${'meta' in error ? JSON.stringify(error.meta) : ''}`
  return /\b(40001|40P01|P2034)\b|deadlock detected/.test(text)
}

/** Time is PostgreSQL's: the clocks of workers may differ. */
export async function readDatabaseClock(reader: Reader): Promise<Date> {
  const [row] = await reader.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`
  return row?.now ?? new Date()
}

/** A statement that writes, as its text and values; undefined = there is nothing to write. */
export type Statement = Prisma.Sql | undefined

/**
 * Several statements in one round trip, by name. Each sees the rows as they were before all of them, and
 * PostgreSQL runs them in any order, except that one which reads `FROM` another's name runs after it.
 */
export async function writeTogether(
  tx: Tx,
  statements: Readonly<Record<string, Statement>>,
): Promise<void> {
  const parts = Object.entries(statements).flatMap(([name, statement]) =>
    statement ? [Prisma.sql`${Prisma.raw(name)} AS (${statement})`] : [],
  )
  if (parts.length > 0) await tx.$executeRaw`WITH ${Prisma.join(parts, ', ')} SELECT 1`
}

/** The columns of a set-based statement: name → SQL type. */
export type RecordColumns = Readonly<Record<string, string>>

/**
 * `jsonb_to_recordset(rows) AS r(column type, …)`: one parameter, however many rows. A column that a row
 * does not have is null: left out it costs nothing.
 */
export function recordset(rows: readonly object[], columns: RecordColumns): Prisma.Sql {
  const types = Object.entries(columns).map(([name, type]) => `"${name}" ${type}`)
  return Prisma.sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(${Prisma.raw(types.join(', '))})`
}

export function columnList(columns: RecordColumns, prefix = ''): Prisma.Sql {
  return Prisma.raw(
    Object.keys(columns)
      .map((name) => `${prefix}"${name}"`)
      .join(', '),
  )
}

/** `"a" = EXCLUDED."a", …` for every column that is not of the key. */
export function assignExcluded(columns: RecordColumns, key: readonly string[]): Prisma.Sql {
  return Prisma.raw(
    Object.keys(columns)
      .filter((name) => !key.includes(name))
      .map((name) => `"${name}" = EXCLUDED."${name}"`)
      .join(', '),
  )
}

export { Prisma }
