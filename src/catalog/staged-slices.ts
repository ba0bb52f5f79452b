/**
 * Slices on their way from the collect to their refresh, in snapshot_slices: only what each changes,
 * in chunks, so that a provider of any size fits.
 */
import { copyText, parseJson } from '../json.ts'
import { columnList, recordset, type Db, type Reader } from './database.ts'
import type { Listing, PendingListing } from './listing.ts'
import type { SliceDelta, SliceHeader } from './slice-delta.ts'

/**
 * What is written at once, here and by the refresh: a chunk has so many characters, or one listing more.
 * Prisma copies the values of a statement several times, and its debug log keeps those of the last hundred
 * statements, switched on or not.
 */
const chunkCharacters = 128 * 1024

const sliceColumns = {
  snapshot_id: 'bigint',
  provider: 'text',
  chunk: 'int',
  payload: 'text',
  hashes: 'text',
} as const

/** Replaces what an earlier attempt staged for the same snapshot. In memory is one statement's rows. */
export async function stageSlices(
  db: Db,
  snapshotId: number,
  deltas: readonly SliceDelta[],
): Promise<void> {
  for (const rows of statementsOf(stagedRows(snapshotId, deltas)))
    await db.$executeRaw`
      INSERT INTO snapshot_slices (${columnList(sliceColumns)})
      SELECT ${columnList(sliceColumns, 'r.')} FROM ${recordset(rows, sliceColumns)}
      ON CONFLICT (snapshot_id, provider, chunk) DO UPDATE SET payload = EXCLUDED.payload, hashes = EXCLUDED.hashes`
}

interface StagedRow {
  snapshot_id: number
  provider: string
  chunk: number
  payload: string
  hashes?: string
}

/** Chunk 0 is with the header, so that a slice of one chunk, as nearly all are, is one row. */
interface FirstHeader extends SliceHeader {
  chunks: number
}
interface FirstChunk extends FirstHeader {
  chunk: StagedListing[]
}

type StagedListing = [hash: string, listing: Listing]

/** The row with the header comes last: only then it is known how many chunks there are. */
function* stagedRows(snapshotId: number, deltas: readonly SliceDelta[]): Generator<StagedRow> {
  for (const { touched, hashes, provider, ...header } of deltas) {
    const row = { snapshot_id: snapshotId, provider }
    let chunks = 0
    let first = '[]'
    for (const payload of chunkTexts(touched)) {
      if (chunks === 0) first = payload
      else yield { ...row, chunk: chunks, payload }
      chunks++
    }
    const start = JSON.stringify({ ...header, chunks: Math.max(1, chunks) } satisfies FirstHeader)
    yield {
      ...row,
      chunk: 0,
      payload: `${start.slice(0, -1)},"chunk":${first}}`,
      hashes: JSON.stringify(Object.fromEntries(hashes)),
    }
  }
}

/** JSON of the listings of each chunk. */
function* chunkTexts(touched: readonly PendingListing[]): Generator<string> {
  let texts: string[] = []
  let characters = 0
  for (const { hash, read } of touched) {
    const text = JSON.stringify([hash, read()] satisfies StagedListing)
    texts.push(text)
    characters += text.length
    if (characters < chunkCharacters) continue
    yield `[${texts.join(',')}]`
    texts = []
    characters = 0
  }
  if (texts.length > 0) yield `[${texts.join(',')}]`
}

/** As many rows at a time as are not too much text for one statement. */
function* statementsOf(rows: Iterable<StagedRow>): Generator<StagedRow[]> {
  let batch: StagedRow[] = []
  let characters = 0
  for (const row of rows) {
    batch.push(row)
    characters += row.payload.length + (row.hashes?.length ?? 0)
    if (characters < chunkCharacters) continue
    yield batch
    batch = []
    characters = 0
  }
  if (batch.length > 0) yield batch
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

/** The id outlives the chunk that it was read from: it is in what the refresh did. */
function toPending([hash, stated]: StagedListing): PendingListing {
  const listing = { ...stated, modelId: copyText(stated.modelId) }
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
