/**
 * The outbox in PostgreSQL: the rows of `catalog_versions` and `notices` that are not announced yet.
 * events/outbox.ts publishes what is read here.
 */
import type { Reader } from '../catalog/database.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { AnnounceNext } from '../events/outbox.ts'
import type { OutboxBatch } from '../events/outbox-batch.ts'
import type { VersionRow } from '../events/catalog-changed.ts'
import type { NoticeRow } from '../events/notice.ts'

type Database = Pick<PrismaClient, '$transaction' | '$queryRaw'>
type Transaction = Pick<PrismaClient, '$queryRaw' | '$executeRaw'>

/** Any number that no other advisory lock of this database uses. */
const relayLock = 7_586_251_401n

/**
 * The lock is the transaction's, so a relay that dies or loses its connection gives it back. A relay
 * that stalls longer than the timeout has its transaction rolled back: its rows are announced again.
 */
export function announceNextIn(database: Database): AnnounceNext {
  return (limit, publish) =>
    database.$transaction(
      async (transaction) => {
        if (!(await lockRelay(transaction))) return 'busy'
        const batch = await readUnannounced(transaction, limit)
        await publish(batch)
        await markAnnounced(transaction, batch)
        return batch.versions.length + batch.notices.length
      },
      { maxWait: 5000, timeout: 15_000 },
    )
}

async function lockRelay(transaction: Transaction): Promise<boolean> {
  const [row] = await transaction.$queryRaw<{ locked: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${relayLock}::bigint) AS locked`
  return row?.locked ?? false
}

/** Versions are committed in their order, so the oldest one that is visible is the next one. */
async function readUnannounced(transaction: Transaction, limit: number): Promise<OutboxBatch> {
  const versions = await transaction.$queryRaw<StoredVersion[]>`
    SELECT version, run_id, upstream, provider, data, committed_at
    FROM catalog_versions WHERE announced_at IS NULL ORDER BY version LIMIT ${limit}`
  const notices = await transaction.$queryRaw<StoredNotice[]>`
    SELECT id, type, data, created_at
    FROM notices WHERE announced_at IS NULL ORDER BY id LIMIT ${limit}`
  const [newest] = await transaction.$queryRaw<{ version: bigint | null }[]>`
    SELECT max(version) AS version FROM catalog_versions WHERE announced_at IS NOT NULL`
  return {
    versions: versions.map(versionRow),
    notices: notices.map(noticeRow),
    announcedVersion: Number(newest?.version ?? 0n),
  }
}

async function markAnnounced(transaction: Transaction, batch: OutboxBatch): Promise<void> {
  const versions = batch.versions.map(({ version }) => version)
  const notices = batch.notices.map(({ id }) => id)
  if (versions.length > 0)
    await transaction.$executeRaw`
      UPDATE catalog_versions SET announced_at = clock_timestamp() WHERE version = ANY(${versions}::bigint[])`
  if (notices.length > 0)
    await transaction.$executeRaw`
      UPDATE notices SET announced_at = clock_timestamp() WHERE id = ANY(${notices}::bigint[])`
}

export interface PendingEvents {
  count: number
  /** Age of the oldest; 0 where nothing is pending. */
  oldestAgeSeconds: number
}

/** What waits to be announced: the relay's lag, for metrics and readiness. */
export async function readPendingEvents(reader: Reader): Promise<PendingEvents> {
  const [row] = await reader.$queryRaw<{ count: bigint; age: number | null }[]>`
    SELECT count(*) AS count, extract(epoch FROM clock_timestamp() - min(since))::float8 AS age
    FROM (
      SELECT committed_at AS since FROM catalog_versions WHERE announced_at IS NULL
      UNION ALL
      SELECT created_at FROM notices WHERE announced_at IS NULL
    ) AS pending`
  return { count: Number(row?.count ?? 0n), oldestAgeSeconds: Math.max(0, row?.age ?? 0) }
}

interface StoredVersion {
  version: bigint
  run_id: bigint | null
  upstream: string | null
  provider: string | null
  data: unknown
  committed_at: Date
}

function versionRow(stored: StoredVersion): VersionRow {
  const { upstream, provider, data } = stored
  return {
    version: Number(stored.version),
    runId: stored.run_id === null ? null : Number(stored.run_id),
    upstream,
    provider,
    data,
    committedAt: stored.committed_at,
  }
}

interface StoredNotice {
  id: bigint
  type: string
  data: unknown
  created_at: Date
}

function noticeRow({ id, type, data, created_at }: StoredNotice): NoticeRow {
  return { id: Number(id), type, data, createdAt: created_at }
}
