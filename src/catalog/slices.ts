/**
 * Slices on their way (snapshot_slices) and the fence of (upstream, provider): a refresh may only
 * apply with a higher number than the one applied last. The number is drawn before the request is
 * sent, so neither a slow response nor a worker that wakes up late can undo a newer one.
 */
import { PlumblineError } from '../errors.ts'
import { parseJson, type Json } from '../json.ts'
import { columnList, recordset, type Db, type Reader, type Tx } from './database.ts'
import type { Listing, ProviderFacts, Slice } from './listing.ts'
import type { SliceKey } from './listings.ts'

const chunkSize = 1000

export interface StagedSlice {
  slice: Slice
  hash: string
  belowMinimum: boolean
}

/** The first chunk of a staged slice carries what is true of all of it. */
export interface SliceHeader {
  facts: ProviderFacts
  rejectedIds: string[]
  entries: number
  listings: number
  hash: string
  belowMinimum: boolean
  /** The last id of each chunk: the ranges in which stored and staged listings are compared. */
  chunkEnds: string[]
}

const sliceColumns = {
  snapshot_id: 'bigint',
  provider: 'text',
  chunk: 'int',
  payload: 'text',
} as const

/** Replaces what an earlier attempt staged for the same snapshot. */
export async function stageSlices(
  db: Db,
  snapshotId: number,
  staged: readonly StagedSlice[],
): Promise<void> {
  for (const batch of batches(staged, 50)) {
    const rows = batch.flatMap((slice) => toChunks(snapshotId, slice))
    await db.$executeRaw`
      INSERT INTO snapshot_slices (${columnList(sliceColumns)})
      SELECT ${columnList(sliceColumns, 'r.')} FROM ${recordset(rows, sliceColumns)}
      ON CONFLICT (snapshot_id, provider, chunk) DO UPDATE SET payload = EXCLUDED.payload`
  }
}

function toChunks(snapshotId: number, { slice, hash, belowMinimum }: StagedSlice): object[] {
  const chunks = [...batches(slice.listings, chunkSize)]
  const { facts, rejectedIds, entries, provider } = slice
  const chunkEnds = chunks.map((chunk) => chunk.at(-1)?.modelId ?? '')
  const header: SliceHeader = {
    facts,
    rejectedIds,
    entries,
    listings: slice.listings.length,
    hash,
    belowMinimum,
    chunkEnds,
  }
  return [header, ...chunks].map((payload, index) => ({
    snapshot_id: snapshotId,
    provider,
    chunk: index,
    payload: JSON.stringify(payload),
  }))
}

/** Throws `not_found` when nothing is staged: the slice was applied already, or never handed on. */
export async function readSliceHeader(
  reader: Reader,
  snapshotId: number,
  provider: string,
): Promise<SliceHeader> {
  const payload = await readChunk(reader, snapshotId, provider, 0)
  if (payload === undefined)
    throw new PlumblineError(
      'not_found',
      `Nothing is staged for ${provider} in snapshot ${snapshotId}.`,
    )
  return payload as unknown as SliceHeader
}

/** Chunk 0, 1, … of the slice's listings, sorted by id over all chunks. */
export async function readSliceChunk(
  reader: Reader,
  snapshotId: number,
  provider: string,
  index: number,
): Promise<Listing[]> {
  const payload = await readChunk(reader, snapshotId, provider, index + 1)
  return payload === undefined ? [] : (payload as unknown as Listing[])
}

async function readChunk(
  reader: Reader,
  snapshotId: number,
  provider: string,
  chunk: number,
): Promise<Json | undefined> {
  const [row] = await reader.$queryRaw<{ payload: string }[]>`
    SELECT payload FROM snapshot_slices
    WHERE snapshot_id = ${snapshotId} AND provider = ${provider} AND chunk = ${chunk}`
  return row && parseJson(row.payload)
}

/** What is staged and neither needed by an open hold nor by a refresh that is still under way. */
export async function dropStagedSlices(db: Db, snapshotId: number): Promise<void> {
  await db.$executeRaw`
    DELETE FROM snapshot_slices s WHERE s.snapshot_id = ${snapshotId}
      AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.snapshot_id = s.snapshot_id
        AND h.provider = s.provider AND h.kind = 'slice' AND h.status = 'open')`
}

export interface AppliedSlice {
  provider: string
  appliedHash: string | null
  rejectedHash: string | null
  adapterVersion: number
  listingCount: number
}

/** What was applied last, for every provider of the upstream. */
export async function readAppliedSlices(reader: Reader, upstream: string): Promise<AppliedSlice[]> {
  return reader.$queryRaw`
    SELECT provider, applied_hash AS "appliedHash", rejected_hash AS "rejectedHash",
      adapter_version AS "adapterVersion", listing_count AS "listingCount"
    FROM provider_slices WHERE upstream = ${upstream}`
}

export interface FencedSlice {
  appliedFence: number
  appliedHash: string | null
  rejectedHash: string | null
}

/**
 * Locks (upstream, provider), then the provider's models, always in this order. Throws `superseded`
 * when a refresh with a higher number was applied; an equal number is this very refresh, tried again.
 */
export async function lockSlice(
  tx: Tx,
  { upstream, provider }: SliceKey,
  fence: number,
): Promise<FencedSlice> {
  await tx.$executeRaw`
    INSERT INTO provider_slices (upstream, provider) VALUES (${upstream}, ${provider}) ON CONFLICT DO NOTHING`
  const [row] = await tx.$queryRaw<
    { appliedFence: bigint; appliedHash: string | null; rejectedHash: string | null }[]
  >`
    SELECT applied_fence AS "appliedFence", applied_hash AS "appliedHash", rejected_hash AS "rejectedHash"
    FROM provider_slices WHERE upstream = ${upstream} AND provider = ${provider} FOR UPDATE`
  const appliedFence = Number(row?.appliedFence ?? 0)
  if (appliedFence > fence)
    throw new PlumblineError(
      'superseded',
      `A newer refresh of ${provider} from ${upstream} was applied first.`,
    )
  await tx.$executeRaw`INSERT INTO providers (id, name) VALUES (${provider}, ${provider}) ON CONFLICT DO NOTHING`
  await tx.$executeRaw`SELECT 1 FROM providers WHERE id = ${provider} FOR UPDATE`
  return {
    appliedFence,
    appliedHash: row?.appliedHash ?? null,
    rejectedHash: row?.rejectedHash ?? null,
  }
}

export interface SliceApplication {
  fence: number
  hash: string
  adapterVersion: number
  snapshotId: number
  at: Date
}

export async function recordAppliedSlice(
  tx: Tx,
  key: SliceKey,
  applied: SliceApplication,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE provider_slices SET applied_fence = ${applied.fence}, applied_hash = ${applied.hash},
      adapter_version = ${applied.adapterVersion}, snapshot_id = ${applied.snapshotId}, applied_at = ${applied.at},
      rejected_hash = NULL,
      listing_count = (SELECT count(*) FROM listings WHERE upstream = ${key.upstream}
        AND provider = ${key.provider} AND state = 'present')
    WHERE upstream = ${key.upstream} AND provider = ${key.provider}`
}

/** A refresh that only retired listings moves the fence and nothing else. */
export async function recordFence(tx: Tx, key: SliceKey, fence: number): Promise<void> {
  await tx.$executeRaw`
    UPDATE provider_slices SET applied_fence = ${fence}
    WHERE upstream = ${key.upstream} AND provider = ${key.provider}`
}

export async function recordRejectedSlice(tx: Tx, key: SliceKey, hash: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE provider_slices SET rejected_hash = ${hash}
    WHERE upstream = ${key.upstream} AND provider = ${key.provider}`
}

export function* batches<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size)
}
