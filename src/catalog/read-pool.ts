/**
 * Connections for those who only read, past Prisma: a page of models is fewer milliseconds than what
 * a client does for a transaction. Statements are sent as they are asked for, without waiting for the
 * ones before (the pipeline of pg), so a snapshot begins in the round trip of its first statement, and
 * reads that do not need each other are one.
 */
import { Pool, types, type PoolClient } from 'pg'
import {
  connectionLimits,
  Prisma,
  statementName,
  type DatabaseOptions,
  type Reader,
} from './database.ts'

export interface ReadPool {
  /**
   * Several reads of one state: nothing that is committed meanwhile is seen. What was read is there
   * before the transaction has ended: since nothing was written, its end can say nothing new. `read` is
   * called again where its connection turns out to be dead at the beginning.
   */
  inSnapshot: <T>(read: (reader: Reader) => Promise<T>) => Promise<T>
  close: () => Promise<void>
}

const beginAttempts = 3
/** A connection that has to be made anew costs more than ten reads. */
const idleTimeoutMillis = 5 * 60_000

export function openReadPool({ url, poolSize, applicationName }: DatabaseOptions): ReadPool {
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    application_name: applicationName,
    ...connectionLimits,
    idleTimeoutMillis,
    pipeline: true,
    types: { getTypeParser },
  })
  // A connection that dies while it is idle is replaced by the pool; else its statements say so.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => void client.on('error', () => undefined))
  return {
    async inSnapshot(read) {
      for (let attempt = 1; ; attempt++) {
        const client = await pool.connect()
        const begun = client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
        try {
          const [result] = await Promise.all([read(readerOn(client)), begun])
          return result
        } catch (error) {
          // Idle connections end with a restart of PostgreSQL, and not all are noticed before they are used.
          if (attempt === beginAttempts || (await hasBegun(begun))) throw error
        } finally {
          client.query('COMMIT').then(
            () => client.release(),
            (error: Error) => client.release(error),
          )
        }
      }
    },
    close: () => pool.end(),
  }
}

function hasBegun(begun: Promise<unknown>): Promise<boolean> {
  return begun.then(
    () => true,
    () => false,
  )
}

function readerOn(client: PoolClient): Reader {
  return {
    async $queryRaw<T>(query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) {
      const { text, values: bound } =
        query instanceof Prisma.Sql ? query : Prisma.sql(query, ...values)
      const { rows } = await client.query({ name: statementName(text), text, values: bound })
      // Whoever asks knows the columns, as with Prisma.
      return rows as T
    },
  }
}

const int8: number = types.builtins.INT8

/** As Prisma gives them: whole numbers are not rounded. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return oid === int8 ? BigInt : types.getTypeParser(oid, format)
}
