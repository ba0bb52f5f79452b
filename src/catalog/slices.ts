/**
 * What was applied last, and the fence of (upstream, provider): a refresh may only
 * apply with a higher number than the one applied last. The number is drawn before the request is
 * sent, so neither a slow response nor a worker that wakes up late can undo a newer one.
 */
import { PlumblineError } from '../errors.ts'
import { Prisma, type Db, type Reader, type Tx } from './database.ts'
import type { SliceKey } from './listings.ts'
import type { AppliedSlice } from './slice-delta.ts'

/** What was applied last, for every provider of the upstream or for one. */
export async function readAppliedSlices(
  reader: Reader,
  upstream: string,
  provider?: string,
): Promise<AppliedSlice[]> {
  return reader.$queryRaw`
    SELECT provider, applied_hash AS "appliedHash", rejected_hash AS "rejectedHash",
      adapter_version AS "adapterVersion", listing_count AS "listingCount",
      listed_count AS "listedCount", hashes
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
  /** How many models the slice listed that was applied last. */
  listedCount: number
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
      s.listed_count AS "listedCount", p.extra::text AS facts
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

export interface SliceApplication {
  fence: number
  hash: string
  adapterVersion: number
  snapshotId: number
  at: Date
  /** Its models, those included of which only a rejected entry is there. */
  listed: number
  /** JSON of the hashes by id; undefined = as staged with the snapshot. */
  hashes: string | undefined
  /**
   * Listings that are not as stated, so that the next slice looks again: a value is held, or the model
   * is not listed and that was not believed.
   */
  unsettledIds: readonly string[]
}

/** After its listings were written: it counts those that are present. */
export function appliedSliceUpdate(
  { upstream, provider }: SliceKey,
  applied: SliceApplication,
): Prisma.Sql {
  return Prisma.sql`
    UPDATE provider_slices SET applied_fence = ${applied.fence}, applied_hash = ${applied.hash},
      adapter_version = ${applied.adapterVersion}, snapshot_id = ${applied.snapshotId}, applied_at = ${applied.at},
      rejected_hash = NULL, is_settled = ${applied.unsettledIds.length === 0}, listed_count = ${applied.listed},
      hashes = ${withoutHashes(
        applied.unsettledIds,
        Prisma.sql`coalesce(${applied.hashes ?? null}::text, (SELECT c.hashes FROM snapshot_slices c
        WHERE c.snapshot_id = ${applied.snapshotId} AND c.provider = ${provider} AND c.chunk = 0))`,
      )},
      listing_count = (SELECT count(*) FILTER (WHERE state = 'present') FROM listings
        WHERE upstream = ${upstream} AND provider = ${provider})
    WHERE upstream = ${upstream} AND provider = ${provider}`
}

/** The ids stay, so that their absence is noticed; no content has an empty hash. */
function withoutHashes(ids: readonly string[], hashes: Prisma.Sql): Prisma.Sql {
  if (ids.length === 0) return hashes
  const emptied = JSON.stringify(Object.fromEntries(ids.map((id) => [id, ''])))
  return Prisma.sql`(${hashes}::jsonb || ${emptied}::jsonb)::text`
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
