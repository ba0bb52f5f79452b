/** The archive of payloads: what was fetched, byte for byte, so that it can be applied or replayed. */
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Db, Reader } from '../catalog/database.ts'
import { PlumblineError } from '../errors.ts'

export interface Snapshot {
  id: number
  upstream: string
  fence: number
  sha256: string
  adapterVersion: number
  fetchedAt: Date
}

export interface SnapshotRecord {
  upstream: string
  runId: number
  fence: number
  sha256: string
  bytes: number
  etag: string | undefined
  lastModified: string | undefined
  adapterVersion: number
  /** Absent = the database's clock. */
  fetchedAt: Date | undefined
  /** `packed` is what `packBody` makes of the body, where that was done before. */
  pages: { url: string; body: string; packed?: Buffer }[]
}

// Level 1: a quarter of the time of the default level for a few per cent more bytes.
const gzipLevel = 1

export function packBody(body: string): Buffer {
  return gzipSync(body, { level: gzipLevel })
}

/** The same bytes are stored once: pages of an earlier snapshot with the same sha256 are not repeated. */
export async function storeSnapshot(db: Db, record: SnapshotRecord): Promise<Snapshot> {
  const { upstream, runId, fence, sha256, adapterVersion, pages } = record
  const [row] = await db.$queryRaw<{ id: bigint; fetchedAt: Date }[]>`
    INSERT INTO snapshots (upstream, run_id, fence, sha256, bytes, pages, etag, last_modified, adapter_version, fetched_at)
    VALUES (${upstream}, ${runId}, ${fence}, ${sha256}, ${record.bytes}, ${pages.length}, ${record.etag ?? null},
      ${record.lastModified ?? null}, ${adapterVersion}, coalesce(${record.fetchedAt ?? null}::timestamptz, now()))
    RETURNING id, fetched_at AS "fetchedAt"`
  if (!row) throw new PlumblineError('internal', 'The snapshot was not stored.')
  const id = Number(row.id)
  for (const [index, page] of pages.entries())
    await db.$executeRaw`
      INSERT INTO snapshot_pages (snapshot_id, page, url, body)
      SELECT ${id}, ${index}, ${page.url}, ${page.packed ?? packBody(page.body)}
      WHERE NOT EXISTS (SELECT 1 FROM snapshots s JOIN snapshot_pages p ON p.snapshot_id = s.id
        WHERE s.upstream = ${upstream} AND s.sha256 = ${sha256} AND s.id <> ${id})`
  return { id, upstream, fence, sha256, adapterVersion, fetchedAt: row.fetchedAt }
}

/** The body that was applied last with nothing of it held or failed; undefined: there was none. */
export async function readAppliedSnapshot(
  reader: Reader,
  upstream: string,
): Promise<Pick<Snapshot, 'upstream' | 'sha256'> | undefined> {
  const [row] = await reader.$queryRaw<{ sha256: string | null }[]>`
    SELECT applied_sha256 AS sha256 FROM upstreams WHERE id = ${upstream}`
  return row?.sha256 ? { upstream, sha256: row.sha256 } : undefined
}

/** The pages in order, one in memory at a time. */
export async function* readPages(
  reader: Reader,
  snapshot: Pick<Snapshot, 'upstream' | 'sha256'>,
): AsyncGenerator<{ url: string; body: string }> {
  const [holder] = await reader.$queryRaw<{ id: bigint }[]>`
    SELECT p.snapshot_id AS id FROM snapshots s JOIN snapshot_pages p ON p.snapshot_id = s.id
    WHERE s.upstream = ${snapshot.upstream} AND s.sha256 = ${snapshot.sha256} ORDER BY s.id LIMIT 1`
  if (!holder) return
  for (let index = 0; ; index++) {
    const [page] = await reader.$queryRaw<{ url: string; body: Uint8Array }[]>`
      SELECT url, body FROM snapshot_pages WHERE snapshot_id = ${holder.id} AND page = ${index}`
    if (!page) return
    yield { url: page.url, body: gunzipSync(page.body).toString('utf8') }
  }
}

/** Retention keeps every snapshot that changed something. */
export async function markSnapshotChanged(db: Pick<Db, '$executeRaw'>, id: number): Promise<void> {
  await db.$executeRaw`UPDATE snapshots SET changed = true WHERE id = ${id} AND NOT changed`
}

/** What a conditional request needs to know of a stored body. */
export async function readSnapshotBody(
  reader: Reader,
  id: number,
): Promise<
  | {
      sha256: string
      adapterVersion: number
      etag: string | undefined
      lastModified: string | undefined
    }
  | undefined
> {
  const [row] = await reader.$queryRaw<
    { sha256: string; adapterVersion: number; etag: string | null; lastModified: string | null }[]
  >`SELECT sha256, adapter_version AS "adapterVersion", etag, last_modified AS "lastModified" FROM snapshots WHERE id = ${id}`
  return row && { ...row, etag: row.etag ?? undefined, lastModified: row.lastModified ?? undefined }
}
