/**
 * The stored listings of (upstream, provider). Bulk reads and writes are one set-based statement each:
 * a loop of upserts was measured 25 to 50 times slower. Ids are in the order of COLLATE "C".
 */
import { parseJson, type JsonObject } from '../json.ts'
import {
  assignExcluded,
  columnList,
  Prisma,
  recordset,
  writeTogether,
  type Reader,
  type Statement,
  type Tx,
} from './database.ts'
import type { ModelFields } from './fields.ts'
import type { Listing } from './listing.ts'
import type { ListingState, StatedListing } from './merge.ts'
import type { PriceSheet } from './price.ts'

export interface SliceKey {
  upstream: string
  provider: string
}

export interface StoredListing extends StatedListing {
  hash: string
}

/** The listings of one upstream for these models. */
export async function readListings(
  reader: Reader,
  { upstream, provider }: SliceKey,
  modelIds: readonly string[],
): Promise<StoredListing[]> {
  if (modelIds.length === 0) return []
  const rows = await reader.$queryRaw<ListingRow[]>`
    SELECT ${listingSelection} FROM listings
    WHERE upstream = ${upstream} AND provider = ${provider} AND model_id = ANY(${modelIds})`
  return rows.map(toListing)
}

/** What every upstream says of these models of one provider. */
export async function readListingsOfModels(
  reader: Reader,
  provider: string,
  modelIds: readonly string[],
): Promise<StoredListing[]> {
  if (modelIds.length === 0) return []
  const rows = await reader.$queryRaw<ListingRow[]>`
    SELECT ${listingSelection} FROM listings WHERE provider = ${provider} AND model_id = ANY(${modelIds})`
  return rows.map(toListing)
}

const listingSelection = Prisma.sql`upstream, provider, model_id AS "modelId", state, hash,
  fields::text AS fields, prices::text AS prices, extra::text AS extra`

interface ListingRow {
  upstream: string
  provider: string
  modelId: string
  state: ListingState
  hash: string
  fields: string
  prices: string
  extra: string
}

function toListing(row: ListingRow): StoredListing {
  return {
    ...row,
    fields: JSON.parse(row.fields) as ModelFields,
    prices: JSON.parse(row.prices) as PriceSheet,
    extra: parseJson(row.extra) as JsonObject,
  }
}

export interface ListingWrite {
  listing: Listing
  hash: string
}

export interface WriteStamp {
  commitId: number
  /** When the snapshot was fetched. */
  at: Date
}

const listingColumns = {
  upstream: 'text',
  provider: 'text',
  model_id: 'text',
  state: 'text',
  hash: 'text',
  fields: 'jsonb',
  prices: 'jsonb',
  extra: 'jsonb',
  first_seen_at: 'timestamptz',
  changed_at: 'timestamptz',
  commit_id: 'bigint',
} as const

export async function upsertListings(
  tx: Tx,
  key: SliceKey,
  writes: readonly ListingWrite[],
  stamp: WriteStamp,
): Promise<void> {
  await writeTogether(tx, { upserted: listingUpsert(key, writes, stamp) })
}

/** Inserts and replaces; every written listing is present. */
export function listingUpsert(
  { upstream }: SliceKey,
  writes: readonly ListingWrite[],
  { commitId, at }: WriteStamp,
): Statement {
  if (writes.length === 0) return undefined
  const rows = writes.map(({ listing, hash }) => ({
    upstream,
    provider: listing.provider,
    model_id: listing.modelId,
    state: 'present',
    hash,
    fields: listing.fields,
    prices: listing.prices,
    extra: listing.extra,
    first_seen_at: at,
    changed_at: at,
    commit_id: commitId,
  }))
  return Prisma.sql`
    INSERT INTO listings (${columnList(listingColumns)})
    SELECT ${columnList(listingColumns, 'r.')} FROM ${recordset(rows, listingColumns)}
    ON CONFLICT (upstream, provider, model_id) DO UPDATE
    SET ${assignExcluded(listingColumns, ['upstream', 'provider', 'model_id', 'first_seen_at'])},
        missing_since = NULL, missing_at_collect = NULL`
}

/** Listings that are listed again, with the content they had. */
export function listingReturn(key: SliceKey, ids: readonly string[], stamp: WriteStamp): Statement {
  if (ids.length === 0) return undefined
  return Prisma.sql`
    UPDATE listings SET state = 'present', missing_since = NULL, missing_at_collect = NULL,
      changed_at = ${stamp.at}, commit_id = ${stamp.commitId}
    WHERE upstream = ${key.upstream} AND provider = ${key.provider} AND model_id = ANY(${ids})`
}

/** Absent for the first time: served on, marked, until `readDueListings` names them. */
export function listingAbsence(
  key: SliceKey,
  ids: readonly string[],
  stamp: WriteStamp,
): Statement {
  if (ids.length === 0) return undefined
  return Prisma.sql`
    UPDATE listings SET state = 'missing', missing_since = ${stamp.at}, changed_at = ${stamp.at},
      missing_at_collect = (SELECT success_count FROM upstreams WHERE id = ${key.upstream}),
      commit_id = ${stamp.commitId}
    WHERE upstream = ${key.upstream} AND provider = ${key.provider} AND model_id = ANY(${ids})`
}

export function listingRetirement(
  key: SliceKey,
  ids: readonly string[],
  stamp: WriteStamp,
): Statement {
  if (ids.length === 0) return undefined
  return Prisma.sql`
    UPDATE listings SET state = 'retired', changed_at = ${stamp.at}, commit_id = ${stamp.commitId},
      missing_since = coalesce(missing_since, ${stamp.at})
    WHERE upstream = ${key.upstream} AND provider = ${key.provider} AND model_id = ANY(${ids})`
}

/** How long and in how many successful collects a listing must be absent before it is retired. */
export const missingGrace = { collects: 3, hours: 24 } as const

/** All missing listings of a slice: a forced refresh grants no grace. */
export async function readMissingListings(
  reader: Reader,
  { upstream, provider }: SliceKey,
): Promise<string[]> {
  const rows = await reader.$queryRaw<{ modelId: string }[]>`
    SELECT model_id AS "modelId" FROM listings
    WHERE upstream = ${upstream} AND provider = ${provider} AND state = 'missing'`
  return rows.map(({ modelId }) => modelId)
}

/**
 * Missing listings whose grace is over, by provider. Absence only counts while the slice is believed:
 * providers with a held slice are left out. Give a provider to look at one slice only.
 */
export async function readDueListings(
  reader: Reader,
  upstream: string,
  now: Date,
  provider?: string,
): Promise<{ provider: string; modelId: string }[]> {
  const since = new Date(now.getTime() - missingGrace.hours * 3_600_000)
  return reader.$queryRaw`
    SELECT l.provider, l.model_id AS "modelId" FROM listings l JOIN upstreams u ON u.id = l.upstream
    WHERE l.upstream = ${upstream} AND l.state = 'missing' AND l.missing_since <= ${since}
      AND u.success_count - l.missing_at_collect >= ${missingGrace.collects - 1}
      ${provider === undefined ? Prisma.empty : Prisma.sql`AND l.provider = ${provider}`}
      AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.kind = 'slice' AND h.status = 'open'
        AND h.upstream = l.upstream AND h.provider = l.provider)
    ORDER BY l.provider, l.model_id`
}

/**
 * Providers that have missing listings, held changes or listings that are not as stated: a forced
 * refresh settles them.
 */
export async function readUnsettledProviders(
  reader: Reader,
  upstream: string,
): Promise<Set<string>> {
  const rows = await reader.$queryRaw<{ provider: string }[]>`
    SELECT provider FROM listings WHERE upstream = ${upstream} AND state = 'missing'
    UNION SELECT provider FROM holds WHERE upstream = ${upstream} AND status = 'open'
    UNION SELECT provider FROM provider_slices WHERE upstream = ${upstream} AND NOT is_settled`
  return new Set(rows.map(({ provider }) => provider))
}
