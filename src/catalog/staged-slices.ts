/**
 * Slices on their way from the collect to their refresh, in snapshot_slices: only what each changes,
 * in chunks, so that a provider of any size fits.
 */
import { parseJson } from '../json.ts'
import { columnList, recordset, type Db, type Reader } from './database.ts'
import type { Listing, PendingListing } from './listing.ts'
import type { SliceDelta, SliceHeader } from './slice-delta.ts'

const chunkSize = 1000

const sliceColumns = {
  snapshot_id: 'bigint',
  provider: 'text',
  chunk: 'int',
  payload: 'text',
  hashes: 'text',
} as const

/** Replaces what an earlier attempt staged for the same snapshot. */
export async function stageSlices(
  db: Db,
  snapshotId: number,
  deltas: readonly SliceDelta[],
): Promise<void> {
  for (const batch of batches(deltas, 50)) {
    const rows = batch.flatMap((delta) => toChunks(snapshotId, delta))
    await db.$executeRaw`
      INSERT INTO snapshot_slices (${columnList(sliceColumns)})
      SELECT ${columnList(sliceColumns, 'r.')} FROM ${recordset(rows, sliceColumns)}
      ON CONFLICT (snapshot_id, provider, chunk) DO UPDATE SET payload = EXCLUDED.payload, hashes = EXCLUDED.hashes`
  }
}

/** Chunk 0 is with the header, so that a slice of one chunk, as nearly all are, is one row. */
interface FirstChunk extends SliceHeader {
  chunks: number
  chunk: StagedListing[]
}

type StagedListing = [hash: string, listing: Listing]

function toChunks(
  snapshotId: number,
  { touched, hashes, provider, ...header }: SliceDelta,
): object[] {
  const staged = touched.map(({ hash, read }): StagedListing => [hash, read()])
  const [first = [], ...more] = batches(staged, chunkSize)
  const payloads: object[] = [
    { ...header, chunks: 1 + more.length, chunk: first } satisfies FirstChunk,
    ...more,
  ]
  return payloads.map((payload, chunk) => ({
    snapshot_id: snapshotId,
    provider,
    chunk,
    payload: JSON.stringify(payload),
    hashes: chunk === 0 ? JSON.stringify(Object.fromEntries(hashes)) : null,
  }))
}

/** A slice on its way, as its refresh reads it: the listings chunk by chunk. */
export interface StagedSlice {
  header: SliceHeader
  chunks: number
  chunk: (index: number) => Promise<PendingListing[]>
}

/** `payload` is that of chunk 0; the other chunks are read when they are asked for. */
export function parseStagedSlice(
  reader: Reader,
  { snapshotId, provider, payload }: { snapshotId: number; provider: string; payload: string },
): StagedSlice {
  // Written by stageSlices above, as its types say.
  const { chunk: first, chunks, ...header } = parseJson(payload) as unknown as FirstChunk
  const chunk = async (index: number) => {
    return (index === 0 ? first : await readChunk(reader, snapshotId, provider, index)).map(
      toPending,
    )
  }
  return { header, chunks, chunk }
}

/** A slice that is in memory, as one chunk. */
export function stagedInMemory({
  touched,
  hashes: _hashes,
  provider: _provider,
  ...header
}: SliceDelta): StagedSlice {
  return { header, chunks: 1, chunk: () => Promise.resolve(touched) }
}

async function readChunk(
  reader: Reader,
  snapshotId: number,
  provider: string,
  chunk: number,
): Promise<StagedListing[]> {
  const [row] = await reader.$queryRaw<{ payload: string }[]>`
    SELECT payload FROM snapshot_slices
    WHERE snapshot_id = ${snapshotId} AND provider = ${provider} AND chunk = ${chunk}`
  return row ? (parseJson(row.payload) as unknown as StagedListing[]) : []
}

function toPending([hash, listing]: StagedListing): PendingListing {
  const prices = listing.prices.components.length
  return { modelId: listing.modelId, hash, prices, read: () => listing }
}

/** What is staged and neither needed by an open hold nor by a refresh that is still under way. */
export async function dropStagedSlices(db: Db, snapshotId: number): Promise<void> {
  await db.$executeRaw`
    DELETE FROM snapshot_slices s WHERE s.snapshot_id = ${snapshotId}
      AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.snapshot_id = s.snapshot_id
        AND h.provider = s.provider AND h.kind = 'slice' AND h.status = 'open')`
}

export function* batches<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size)
}
