import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { CatalogChanged } from './change.ts'
import { readChanged } from './read-event.ts'
import type { VersionGap } from './version-order.ts'

/** The tables that a follower reads: SELECT on `catalog_head` and `catalog_versions` is all it needs. */
export interface CatalogDatabase {
  readVersion(): Promise<number>
  /** The gap's first versions, at most 500, as far as the log still has them. */
  readChanges(gap: VersionGap): Promise<CatalogChanged[]>
  close(): Promise<void>
}

const pageSize = 500
const closeWithinMs = 1000

/** Connects at the first query. Loads `pg` only here: whoever follows Redis alone does without it. */
export async function openCatalogDatabase(
  url: string,
  onError: (error: Error) => void,
): Promise<CatalogDatabase> {
  const { Pool } = await import('pg')
  const pool = new Pool({
    connectionString: url,
    application_name: 'plumbline-follower',
    max: 2,
    connectionTimeoutMillis: 3000,
    // Client-side: a statement_timeout does not help where the server's answer never arrives.
    query_timeout: 3000,
  })
  pool.on('error', onError)
  return {
    readVersion: () => readVersion(pool),
    readChanges: (gap) => readChanges(pool, gap),
    // A silent server never confirms the end of a connection.
    close: () => Promise.race([pool.end(), sleep(closeWithinMs, undefined, { ref: false })]),
  }
}

async function readVersion(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ version: string }>('SELECT version FROM catalog_head')
  const [head] = rows
  if (!head) throw new Error('catalog_head is empty: the database has not been migrated')
  return Number(head.version)
}

interface VersionRow {
  version: string
  run_id: string | null
  upstream: string | null
  provider: string | null
  data: Record<string, unknown>
  committed_at: Date
}

async function readChanges(pool: Pool, { from, to }: VersionGap): Promise<CatalogChanged[]> {
  const { rows } = await pool.query<VersionRow>(
    `SELECT version, run_id, upstream, provider, data, committed_at
     FROM catalog_versions WHERE version BETWEEN $1 AND $2 ORDER BY version LIMIT $3`,
    [from, to, pageSize],
  )
  return rows.flatMap((row) => changeOf(row) ?? [])
}

/** As the relay announces it: the columns win over what the data says. */
function changeOf(row: VersionRow): CatalogChanged | undefined {
  const { upstream, provider, data } = row
  const version = Number(row.version)
  const runId = row.run_id === null ? null : Number(row.run_id)
  return readChanged(
    { ...data, version, upstream, provider, runId },
    row.committed_at.toISOString(),
  )
}
