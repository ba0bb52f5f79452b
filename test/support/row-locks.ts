/** A place at which a worker can be stopped for sure: it waits for rows that the test has locked. */
import { expect } from 'vitest'
import type { Fleet } from './fleet.ts'

export interface RowLocks {
  /** Resolves when so many transactions wait for the rows. */
  readonly waiters: (count: number) => Promise<void>
  /** As if the server had given up on all workers: their transactions are gone. */
  readonly endWorkers: () => Promise<void>
  readonly release: () => Promise<void>
}

/** Nobody can apply a slice of these providers (without names: of any) until the release. */
export async function lockSlices({ pool }: Fleet, providers?: string[]): Promise<RowLocks> {
  const holder = await pool.connect()
  await holder.query('BEGIN')
  await holder.query(
    'SELECT 1 FROM provider_slices WHERE $1::text[] IS NULL OR provider = ANY($1) FOR UPDATE',
    [providers ?? null],
  )
  const workers = `FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'plumbline'`
  return {
    waiters: async (count) => {
      const query = `SELECT pid ${workers} AND wait_event_type = 'Lock'`
      await expect
        .poll(async () => (await pool.query(query)).rows.length, { timeout: 15_000, interval: 20 })
        .toBeGreaterThanOrEqual(count)
    },
    endWorkers: async () => void (await pool.query(`SELECT pg_terminate_backend(pid) ${workers}`)),
    release: async () => {
      await holder.query('ROLLBACK')
      holder.release()
    },
  }
}
