/** The catalog's records as rows: typed columns for what is filtered or sorted, the rest in jsonb. */
import { canonicalJson, parseJson, type JsonObject } from '../json.ts'
import { baseModelOf } from './base-model.ts'
import {
  assignExcluded,
  columnList,
  Prisma,
  recordset,
  type Reader,
  type RecordColumns,
  type Statement,
} from './database.ts'
import {
  fieldNames,
  modelFields,
  type FieldKind,
  type FieldValue,
  type ModelFields,
} from './fields.ts'
import { contentHash } from './listing.ts'
import type { CatalogModel, Lifecycle, Review, Tier } from './model.ts'
import { flatAmount, priceState, type Meter, type PriceSheet } from './price.ts'

const sqlTypes = {
  text: 'text',
  date: 'text',
  integer: 'bigint',
  flag: 'boolean',
  list: 'text[]',
} as const satisfies Record<FieldKind, string>

/** Meters with a column of their own, for filters and sorting. */
export const priceColumns = {
  input_price: 'input',
  output_price: 'output',
  reasoning_price: 'reasoning',
  cache_read_price: 'cache_read',
  cache_write_price: 'cache_write',
  input_audio_price: 'input_audio',
  output_audio_price: 'output_audio',
} as const satisfies Record<string, Meter>

const columns: RecordColumns = {
  provider: 'text',
  model_id: 'text',
  ...Object.fromEntries(
    fieldNames.map((name) => [modelFields[name].column, sqlTypes[modelFields[name].kind]]),
  ),
  ...Object.fromEntries(Object.keys(priceColumns).map((column) => [column, 'numeric'])),
  base_id: 'text',
  variant: 'text',
  price_state: 'text',
  currency: 'text',
  prices: 'jsonb',
  extra: 'jsonb',
  review: 'text',
  lifecycle: 'text',
  tiers: 'text[]',
  missing_since: 'timestamptz',
  retired_at: 'timestamptz',
  provenance: 'jsonb',
  conflicts: 'text[]',
  hash: 'text',
  created_at: 'timestamptz',
  changed_at: 'timestamptz',
  commit_id: 'bigint',
  next_change_on: 'text',
}

/** Equal content gives equal hashes; an unchanged row is not rewritten. */
export function modelHash(model: CatalogModel): string {
  return contentHash(canonicalJson(model))
}

export interface StoredModel extends CatalogModel {
  hash: string
  missingSince: Date | null
  retiredAt: Date | null
  createdAt: Date
  changedAt: Date
  /** ISO date on which it changes by itself (price-dates.ts). */
  nextChangeOn: string | null
}

/** Without what only one model at a time is asked for: it is most of a row. */
export type ListedModel = Omit<StoredModel, 'extra'>

export interface ModelWrite {
  model: CatalogModel
  hash: string
  nextChangeOn: string | null
  missingSince: Date | null
  retiredAt: Date | null
}

export function modelUpsert(
  writes: readonly ModelWrite[],
  { commitId, at }: { commitId: number; at: Date },
): Statement {
  if (writes.length === 0) return undefined
  const rows = writes.map((write) => toRow(write, commitId, at))
  return Prisma.sql`
    INSERT INTO models (${columnList(columns)}) SELECT ${columnList(columns, 'r.')} FROM ${recordset(rows, columns)}
    ON CONFLICT (provider, model_id) DO UPDATE SET ${assignExcluded(columns, ['provider', 'model_id', 'created_at'])}
    WHERE models.hash IS DISTINCT FROM EXCLUDED.hash`
}

function toRow(
  { model, hash, missingSince, retiredAt, nextChangeOn }: ModelWrite,
  commitId: number,
  at: Date,
): object {
  const { provider, modelId, fields, prices } = model
  const { base, variant } = baseModelOf({ provider, modelId, baseModel: fields.baseModel })
  return {
    provider,
    model_id: modelId,
    base_id: base,
    variant,
    ...Object.fromEntries(
      fieldNames.map((name) => [modelFields[name].column, fields[name] ?? emptyOf(name)]),
    ),
    ...Object.fromEntries(
      Object.entries(priceColumns).map(([column, meter]) => [column, columnAmount(prices, meter)]),
    ),
    price_state: priceState(prices),
    currency: prices.currency ?? 'USD',
    prices: prices.components,
    extra: model.extra,
    review: model.review,
    lifecycle: model.lifecycle,
    tiers: model.tiers,
    missing_since: missingSince ?? undefined,
    retired_at: retiredAt ?? undefined,
    provenance: model.provenance,
    conflicts: model.conflicts,
    hash,
    created_at: at,
    changed_at: at,
    commit_id: commitId,
    next_change_on: nextChangeOn ?? undefined,
  }
}

const nextChangeColumns = { provider: 'text', model_id: 'text', next_change_on: 'text' } as const

/** For models that are as they were, though the day on which they change is another. */
export function nextChangeUpdate(
  models: readonly { provider: string; modelId: string; nextChangeOn: string | null }[],
): Statement {
  if (models.length === 0) return undefined
  const rows = models.map(({ provider, modelId, nextChangeOn }) => ({
    provider,
    model_id: modelId,
    next_change_on: nextChangeOn ?? undefined,
  }))
  return Prisma.sql`
    UPDATE models m SET next_change_on = r.next_change_on FROM ${recordset(rows, nextChangeColumns)}
    WHERE m.provider = r.provider AND m.model_id = r.model_id`
}

/** Models whose announced day has come, by provider. */
export async function readDueModels(reader: Reader, today: string): Promise<Map<string, string[]>> {
  const rows = await reader.$queryRaw<{ provider: string; ids: string[] }[]>`
    SELECT provider, array_agg(model_id) AS ids FROM models
    WHERE next_change_on COLLATE "C" <= ${today} GROUP BY provider ORDER BY provider`
  return new Map(rows.map(({ provider, ids }) => [provider, ids]))
}

// The columns are USD: a sheet in another currency is only in `prices`.
function columnAmount(prices: PriceSheet, meter: Meter): string | undefined {
  return prices.currency === undefined ? flatAmount(prices, meter) : undefined
}

// An unknown list is an empty array: its column has no null.
function emptyOf(name: keyof ModelFields): [] | undefined {
  return modelFields[name].kind === 'list' ? [] : undefined
}

/** To the letter the order of `ListedRow`. */
const listedColumns = `m.provider, m.model_id, m.price_state, m.currency, m.prices, m.review, m.lifecycle,
  m.tiers, m.missing_since, m.retired_at, m.provenance, m.conflicts, m.hash, m.created_at, m.changed_at,
  m.next_change_on, ${fieldNames.map((name) => `m.${modelFields[name].column}`).join(', ')}`

/**
 * A row as one text: Prisma would spend more on each of fifty columns than PostgreSQL on all. A list,
 * since fifty names in each of a thousand rows are a third of the bytes and half of the time.
 */
function asText(columns: string): Prisma.Sql {
  return Prisma.raw(`json_build_array(${columns})::text AS model`)
}

/** From `models m`, for `toListedModel`. */
export const listedSelection = asText(listedColumns)
/** From `models m`, for `toModel`. Texts in `extra` keep the digits of its numbers. */
export const modelSelection = Prisma.sql`${listedSelection}, m.extra::text AS extra`

export interface ModelRow {
  model: string
}

export interface WholeModelRow extends ModelRow {
  extra: string
}

type ListedRow = [
  provider: string,
  modelId: string,
  priceState: string,
  currency: string,
  prices: PriceSheet['components'],
  review: Review,
  lifecycle: Lifecycle,
  tiers: Tier[],
  missingSince: string | null,
  retiredAt: string | null,
  provenance: Record<string, string>,
  conflicts: string[],
  hash: string,
  createdAt: string,
  changedAt: string,
  nextChangeOn: string | null,
  ...fields: (FieldValue | null)[],
]

export function toModel({ model, extra }: WholeModelRow): StoredModel {
  return { ...toListedModel({ model }), extra: parseJson(extra) as Record<string, JsonObject> }
}

export function toListedModel({ model }: ModelRow): ListedModel {
  const [
    provider,
    modelId,
    state,
    currency,
    components,
    review,
    lifecycle,
    tiers,
    missingSince,
    retiredAt,
    provenance,
    conflicts,
    hash,
    createdAt,
    changedAt,
    nextChangeOn,
    ...fields
  ] = JSON.parse(model) as ListedRow
  return {
    provider,
    modelId,
    fields: toFields(fields, provenance),
    prices: {
      ...(currency === 'USD' ? {} : { currency }),
      ...(state === 'dynamic' ? { dynamic: true as const } : {}),
      components,
    },
    lifecycle,
    review,
    tiers,
    provenance,
    conflicts,
    hash,
    missingSince: toDate(missingSince),
    retiredAt: toDate(retiredAt),
    createdAt: new Date(createdAt),
    changedAt: new Date(changedAt),
    nextChangeOn,
  }
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text)
}

function toFields(
  values: readonly (FieldValue | null)[],
  provenance: Record<string, string>,
): ModelFields {
  const fields: Record<string, FieldValue> = {}
  for (const [index, name] of fieldNames.entries()) {
    const value = values[index] ?? null
    // An empty list is one that is known to be empty only where somebody has stated it.
    const isStated = modelFields[name].kind !== 'list' || Object.hasOwn(provenance, name)
    if (value !== null && isStated) fields[name] = value
  }
  return fields
}

export async function readModelsOf(
  reader: Reader,
  provider: string,
  modelIds: readonly string[],
): Promise<StoredModel[]> {
  if (modelIds.length === 0) return []
  const rows = await reader.$queryRaw<WholeModelRow[]>`
    SELECT ${modelSelection} FROM models m WHERE m.provider = ${provider} AND m.model_id = ANY(${modelIds})`
  return rows.map(toModel)
}
