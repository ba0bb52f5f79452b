/**
 * Slices on their way (snapshot_slices) and the fence of (upstream, provider): a refresh may only
 * apply with a higher number than the one applied last. The number is drawn before the request is
 * sent, so neither a slow response nor a worker that wakes up late can undo a newer one.
 */
import { PlumblineError } from '../errors.ts'
import { parseJson } from '../json.ts'
import { columnList, Prisma, recordset, type Db, type Reader, type Tx } from './database.ts'
import {
  sliceHash,
  type Listing,
  type PendingListing,
  type ProviderFacts,
  type Slice,
} from './listing.ts'
import type { SliceKey } from './listings.ts'

const chunkSize = 1000

/** A slice as what it changes against the one applied last. */
export interface SliceDelta extends SliceHeader {
  provider: string
  /** Listings whose content differs from the slice applied last, sorted by id. */
  touched: PendingListing[]
  /** Of all listings, by id. */
  hashes: ReadonlyMap<string, string>
}

export interface SliceHeader {
  facts: ProviderFacts
  rejectedIds: string[]
  entries: number
  /** All listings, touched or not. */
  listings: number
  hash: string
  /** Hash of the applied slice that this is the difference to; null = nothing was applied yet. */
  base: string | null
  belowMinimum: boolean
  /** Ids of the applied slice that are neither listed nor rejected now. */
  absent: string[]
  /** Ids of the applied slice that are there only as rejected entries. */
  kept: number
  unchanged: number
  /** Price components of the unchanged listings. */
  steadyPrices: number
}

/** Pure: what a slice changes against the one that was applied last. */
export function sliceDelta(
  slice: Slice,
  applied: AppliedSlice | undefined,
  belowMinimum: boolean,
): SliceDelta {
  const known = new Map(Object.entries(parseHashes(applied?.hashes)))
  const { listings } = slice
  const hashes = new Map(listings.map(({ modelId, hash }) => [modelId, hash]))
  const steady = listings.filter(({ modelId, hash }) => known.get(modelId) === hash)
  const rejected = new Set(slice.rejectedIds)
  const unlisted = [...known.keys()].filter((modelId) => !hashes.has(modelId))
  return {
    provider: slice.provider,
    facts: slice.facts,
    rejectedIds: slice.rejectedIds,
    entries: slice.entries,
    listings: listings.length,
    hash: sliceHash(slice),
    base: applied?.appliedHash ?? null,
    belowMinimum,
    absent: unlisted.filter((modelId) => !rejected.has(modelId)),
    kept: unlisted.filter((modelId) => rejected.has(modelId)).length,
    unchanged: steady.length,
    steadyPrices: steady.reduce((sum, { prices }) => sum + prices, 0),
    touched: listings.filter(({ modelId, hash }) => known.get(modelId) !== hash),
    hashes,
  }
}

function parseHashes(hashes: string | null | undefined): Record<string, string> {
  return hashes ? (JSON.parse(hashes) as Record<string, string>) : {}
}

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

export async function readStagedSlice(
  reader: Reader,
  snapshotId: number,
  provider: string,
): Promise<StagedSlice | undefined> {
  const [row] = await reader.$queryRaw<{ payload: string }[]>`
    SELECT payload FROM snapshot_slices WHERE snapshot_id = ${snapshotId} AND provider = ${provider} AND chunk = 0`
  if (!row) return undefined
  // Written by stageSlices above, as its types say.
  const { chunk: first, chunks, ...header } = parseJson(row.payload) as unknown as FirstChunk
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

export interface AppliedSlice {
  provider: string
  appliedHash: string | null
  rejectedHash: string | null
  adapterVersion: number
  listingCount: number
  /** JSON: hash by model id. */
  hashes: string | null
}

/** What was applied last, for every provider of the upstream or for one. */
export async function readAppliedSlices(
  reader: Reader,
  upstream: string,
  provider?: string,
): Promise<AppliedSlice[]> {
  return reader.$queryRaw`
    SELECT provider, applied_hash AS "appliedHash", rejected_hash AS "rejectedHash",
      adapter_version AS "adapterVersion", listing_count AS "listingCount", hashes
    FROM provider_slices WHERE upstream = ${upstream}
      ${provider === undefined ? Prisma.empty : Prisma.sql`AND provider = ${provider}`}`
}

/** Upstreams that have stated models of the provider. */
export async function readUpstreamsOf(reader: Reader, provider: string): Promise<string[]> {
  const rows = await reader.$queryRaw<{ upstream: string }[]>`
    SELECT upstream FROM provider_slices WHERE provider = ${provider} ORDER BY upstream`
  return rows.map(({ upstream }) => upstream)
}

/** The rows that a refresh locks, made beforehand for all slices of a run at once. */
export async function prepareSlices(
  db: Db,
  upstream: string,
  providers: readonly string[],
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO provider_slices (upstream, provider) SELECT ${upstream}, unnest(${providers}::text[])
    ON CONFLICT DO NOTHING`
  await db.$executeRaw`
    INSERT INTO providers (id, name) SELECT id, id FROM unnest(${providers}::text[]) AS id ON CONFLICT DO NOTHING`
}

export interface LockedSlice {
  commitId: number
  appliedFence: number
  appliedHash: string | null
  /** Present listings when the slice was applied last. */
  listingCount: number
  /** What upstreams say of the provider, by upstream: JSON text. */
  facts: string
}

/**
 * Locks (upstream, provider), then the provider's models: always in this order, since one statement
 * locks its tables in the order in which it names them. The caller compares the fence: a higher one
 * than its own means that a newer refresh was applied, an equal one that it has been here before.
 */
export async function lockSlice(tx: Tx, { upstream, provider }: SliceKey): Promise<LockedSlice> {
  const [row] = await tx.$queryRaw<(Omit<LockedSlice, Counter> & Record<Counter, bigint>)[]>`
    SELECT nextval('commit_seq') AS "commitId", s.applied_fence AS "appliedFence", s.applied_hash AS "appliedHash",
      s.listing_count AS "listingCount", p.extra::text AS facts
    FROM provider_slices s JOIN providers p ON p.id = s.provider
    WHERE s.upstream = ${upstream} AND s.provider = ${provider} FOR UPDATE OF s, p`
  if (!row)
    throw new PlumblineError('not_found', `There is no slice of ${provider} from ${upstream}.`)
  return { ...row, appliedFence: Number(row.appliedFence), commitId: Number(row.commitId) }
}

type Counter = 'commitId' | 'appliedFence'

/** Only the provider's models: for what an operator changes. Throws `not_found`. */
export async function lockProvider(tx: Tx, provider: string): Promise<void> {
  const rows = await tx.$queryRaw<
    object[]
  >`SELECT 1 FROM providers WHERE id = ${provider} FOR UPDATE`
  if (rows.length === 0) throw new PlumblineError('not_found', `There is no provider ${provider}.`)
}

/** What is rarely there, asked once so that it need not be looked for: after the lock, never before. */
export interface SliceSurroundings {
  valueHolds: boolean
  sliceHold: boolean
  overrides: boolean
  missing: boolean
}

export async function readSurroundings(
  tx: Tx,
  { upstream, provider }: SliceKey,
): Promise<SliceSurroundings> {
  const [row] = await tx.$queryRaw<SliceSurroundings[]>`
    SELECT EXISTS (SELECT 1 FROM holds WHERE provider = ${provider} AND kind = 'value' AND status IN ('open', 'rejected')) AS "valueHolds",
      EXISTS (SELECT 1 FROM holds WHERE upstream = ${upstream} AND provider = ${provider} AND kind = 'slice' AND status = 'open') AS "sliceHold",
      EXISTS (SELECT 1 FROM overrides WHERE provider = ${provider}) AS overrides,
      EXISTS (SELECT 1 FROM listings WHERE upstream = ${upstream} AND provider = ${provider} AND state = 'missing') AS missing`
  return row ?? { valueHolds: true, sliceHold: true, overrides: true, missing: true }
}

export interface SliceApplication {
  fence: number
  hash: string
  adapterVersion: number
  snapshotId: number
  at: Date
  /** JSON of the hashes by id; undefined = as staged with the snapshot. */
  hashes: string | undefined
}

export async function recordAppliedSlice(
  tx: Tx,
  key: SliceKey,
  applied: SliceApplication,
): Promise<void> {
  const { upstream, provider } = key
  await tx.$executeRaw`
    UPDATE provider_slices SET applied_fence = ${applied.fence}, applied_hash = ${applied.hash},
      adapter_version = ${applied.adapterVersion}, snapshot_id = ${applied.snapshotId}, applied_at = ${applied.at},
      rejected_hash = NULL,
      hashes = coalesce(${applied.hashes ?? null}::text, (SELECT c.hashes FROM snapshot_slices c
        WHERE c.snapshot_id = ${applied.snapshotId} AND c.provider = ${provider} AND c.chunk = 0)),
      listing_count = (SELECT count(*) FROM listings WHERE upstream = ${upstream}
        AND provider = ${provider} AND state = 'present')
    WHERE upstream = ${upstream} AND provider = ${provider}`
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
