/** Entries that did not validate, kept with their reason and raw text. */
import { columnList, recordset, type Db, type Reader } from '../catalog/database.ts'

export interface StoredReject {
  provider: string | undefined
  entryId: string | undefined
  reason: string
  message: string
  raw: string
}

const columns = {
  run_id: 'bigint',
  upstream: 'text',
  provider: 'text',
  entry_id: 'text',
  reason: 'text',
  message: 'text',
  raw: 'text',
} as const

// A payload that is wrong throughout would fill the table with the same story.
const maxStored = 1000

export async function recordRejects(
  db: Db,
  runId: number,
  upstream: string,
  rejects: readonly StoredReject[],
): Promise<void> {
  if (rejects.length === 0) return
  const rows = rejects.slice(0, maxStored).map(({ provider, entryId, reason, message, raw }) => ({
    run_id: runId,
    upstream,
    provider: provider ?? null,
    entry_id: entryId ?? null,
    reason,
    message,
    raw,
  }))
  await db.$executeRaw`
    INSERT INTO rejects (${columnList(columns)}) SELECT ${columnList(columns, 'r.')} FROM ${recordset(rows, columns)}`
}

export interface RejectRow {
  provider: string | null
  entryId: string | null
  reason: string
  message: string
  raw: string
}

export async function readRejects(reader: Reader, runId: number): Promise<RejectRow[]> {
  return reader.$queryRaw`
    SELECT provider, entry_id AS "entryId", reason, message, raw FROM rejects WHERE run_id = ${runId} ORDER BY id`
}
