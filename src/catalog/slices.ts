/**
 * Slices on their way (snapshot_slices) and the fence of (upstream, provider): a refresh may only
 * apply with a higher number than the one applied last. The number is drawn before the request is
 * sent, so neither a slow response nor a worker that wakes up late can undo a newer one.
 */
import { PlumblineError } from '../errors.ts'
import { parseJson } from '../json.ts'
import { columnList, recordset, type Db, type Reader, type Tx } from './database.ts'
import type { Listing, ProviderFacts, Slice } from './listing.ts'
import type { SliceKey } from './listings.ts'

const chunkSize = 1000

export interface StagedSlice {
  slice: Slice
  /** Of each listing, in the slice's order. */
  hashes: string[]
  hash: string
  belowMinimum: boolean
}

/** What is true of the slice as a whole. */
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

/** A listing that is read only where its hash is not the stored one: most never are. */
export interface PendingListing {
  modelId: string
  hash: string
  /** Number of its price components. */
  prices: number
  read: () => Listing
}

export function pendingListings({ slice, hashes }: StagedSlice): PendingListing[] {
  return slice.listings.map((listing, index) => ({
    modelId: listing.modelId,
    hash: hashes[index] ?? '',
    prices: listing.prices.components.length,
    read: () => listing,
  }))
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

/** id, hash, number of prices, the listing as JSON text: what is not needed is never parsed. */
type StagedListing = [modelId: string, hash: string, prices: number, json: string]

/** Chunk 0 is with the header, so that a slice of one chunk, as nearly all are, is one row. */
interface FirstChunk extends SliceHeader {
  chunk: StagedListing[]
}

function toChunks(snapshotId: number, staged: StagedSlice): object[] {
  const listings = pendingListings(staged).map(({ modelId, hash, prices, read }): StagedListing => {
    return [modelId, hash, prices, JSON.stringify(read())]
  })
  const [first = [], ...more] = batches(listings, chunkSize)
  const payloads: object[] = [
    { ...sliceHeader(staged), chunk: first } satisfies FirstChunk,
    ...more,
  ]
  const { provider } = staged.slice
  return payloads.map((payload, chunk) => ({
    snapshot_id: snapshotId,
    provider,
    chunk,
    payload: JSON.stringify(payload),
  }))
}

export function sliceHeader({
  slice,
  hash,
  belowMinimum,
}: Omit<StagedSlice, 'hashes'>): SliceHeader {
  const { facts, rejectedIds, entries, listings } = slice
  const chunkEnds = [...batches(listings, chunkSize)].map((chunk) => chunk.at(-1)?.modelId ?? '')
  return { facts, rejectedIds, entries, listings: listings.length, hash, belowMinimum, chunkEnds }
}

/** A staged slice and what else its refresh has to know, read in one statement after the lock. */
export interface StagedRefresh {
  fetchedAt: Date
  adapterVersion: number
  header: SliceHeader
  chunk: (reader: Reader, index: number) => Promise<PendingListing[]>
}

/** Throws `not_found` when nothing is staged: the slice was applied already, or never handed on. */
export async function readStagedSlice(
  reader: Reader,
  snapshotId: number,
  provider: string,
): Promise<StagedRefresh> {
  const [row] = await reader.$queryRaw<
    { fetchedAt: Date; adapterVersion: number; payload: string }[]
  >`
    SELECT s.fetched_at AS "fetchedAt", s.adapter_version AS "adapterVersion", c.payload
    FROM snapshots s JOIN snapshot_slices c ON c.snapshot_id = s.id
    WHERE s.id = ${snapshotId} AND c.provider = ${provider} AND c.chunk = 0`
  if (!row)
    throw new PlumblineError(
      'not_found',
      `Nothing is staged for ${provider} in snapshot ${snapshotId}.`,
    )
  // Written by stageSlices above, as its types say.
  const { chunk: first, ...header } = JSON.parse(row.payload) as FirstChunk
  return {
    ...row,
    header: { ...header, facts: parseJson(JSON.stringify(header.facts)) as ProviderFacts },
    chunk: async (within, index) =>
      (index === 0 ? first : await readChunk(within, snapshotId, provider, index)).map(toPending),
  }
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
  return row ? (JSON.parse(row.payload) as StagedListing[]) : []
}

function toPending([modelId, hash, prices, json]: StagedListing): PendingListing {
  return { modelId, hash, prices, read: () => parseJson(json) as unknown as Listing }
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
  const [row] = await tx.$queryRaw<
    { commitId: bigint; appliedFence: bigint; listingCount: number; facts: string }[]
  >`
    SELECT nextval('commit_seq') AS "commitId", s.applied_fence AS "appliedFence",
      s.listing_count AS "listingCount", p.extra::text AS facts
    FROM provider_slices s JOIN providers p ON p.id = s.provider
    WHERE s.upstream = ${upstream} AND s.provider = ${provider} FOR UPDATE OF s, p`
  if (!row)
    throw new PlumblineError('not_found', `There is no slice of ${provider} from ${upstream}.`)
  return { ...row, appliedFence: Number(row.appliedFence), commitId: Number(row.commitId) }
}

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
  snapshotId: number | null
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
