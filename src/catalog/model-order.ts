/**
 * The orders in which models can be listed. Unknown values come last in both directions: they are a
 * part of their own behind the known ones, so that one plain index (value, provider, model_id) serves
 * both, forwards and backwards.
 */
import { z } from 'zod'
import { Prisma } from './database.ts'

interface SortSpec {
  expression: string
  /** SQL type, for values that come back in a cursor. */
  type: SqlType
  /** Never unknown. */
  known?: true
}

const sortColumns = {
  id: { expression: 'm.provider', type: 'text', known: true },
  name: { expression: 'lower(m.name)', type: 'text', known: true },
  type: { expression: 'm.type', type: 'text' },
  family: { expression: 'm.family', type: 'text' },
  input_price: { expression: 'm.input_price', type: 'numeric' },
  output_price: { expression: 'm.output_price', type: 'numeric' },
  context: { expression: 'm.context_window', type: 'bigint' },
  release_date: { expression: 'm.release_date', type: 'text' },
  changed_at: { expression: 'm.changed_at', type: 'timestamptz', known: true },
  created_at: { expression: 'm.created_at', type: 'timestamptz', known: true },
} as const satisfies Record<string, SortSpec>

export type SortColumn = keyof typeof sortColumns
export const sortNames = Object.keys(sortColumns) as SortColumn[]

export interface ModelSort {
  by: SortColumn
  descending: boolean
}

export const byId: ModelSort = { by: 'id', descending: false }

/** "input_price", or "-input_price" for descending; undefined when there is no such order. */
export function readModelSort(text: string): ModelSort | undefined {
  const descending = text.startsWith('-')
  const by = sortNames.find((name) => name === (descending ? text.slice(1) : text))
  return by && { by, descending }
}

/** The last model of a page: the next one begins behind it. */
export interface ModelPlace {
  /** The value that is sorted by, as text; null: unknown. */
  value: string | null
  provider: string
  modelId: string
}

const placeValues = {
  text: z.string(),
  numeric: z.string().regex(/^\d{1,40}(\.\d{1,40})?$/),
  bigint: z.string().regex(/^\d{1,18}$/),
  // PostgreSQL knows no year 0.
  timestamptz: z.iso.datetime().refine((text) => !text.startsWith('0000')),
  float8: z.string().regex(/^\d{1,4}(\.\d{1,20})?(e-\d{1,2})?$/),
} as const
type SqlType = keyof typeof placeValues

/** Whether the order can have such a value: what callers bring back must not fail in PostgreSQL. */
export function isPlaceIn(sort: ModelSort | 'match', value: string | null): boolean {
  const { type, known }: Pick<SortSpec, 'type' | 'known'> =
    sort === 'match' ? { type: 'float8', known: true } : sortColumns[sort.by]
  return value === null ? known !== true : placeValues[type].safeParse(value).success
}

/** A stretch of the list that one index can be read for. */
export interface OrderedPart {
  /** Further condition, for a query on `models m`. */
  condition: Prisma.Sql
  orderBy: Prisma.Sql
}

export interface ModelOrder {
  /** One after the other they are the list; those that lie wholly before the place are left out. */
  parts: OrderedPart[]
  /** What a model is sorted by, as text. */
  value: Prisma.Sql
  /** There is an index for it; else whatever fits is sorted. */
  isIndexed: boolean
}

export function inOrderOf(sort: ModelSort, after: ModelPlace | undefined): ModelOrder {
  const { expression, type }: SortSpec = sortColumns[sort.by]
  const value =
    type === 'timestamptz'
      ? `to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
      : `(${expression})::text`
  return { parts: orderedParts(sort, after), value: Prisma.raw(value), isIndexed: true }
}

function orderedParts(sort: ModelSort, after: ModelPlace | undefined): OrderedPart[] {
  const { expression, type, known: isKnown }: SortSpec = sortColumns[sort.by]
  const direction = sort.descending ? 'DESC' : 'ASC'
  const beyond = Prisma.raw(sort.descending ? '<' : '>')
  const key = Prisma.raw(expression)
  const place =
    after && Prisma.sql`(m.provider, m.model_id) ${beyond} (${after.provider}, ${after.modelId})`
  const tail = `m.provider ${direction}, m.model_id ${direction}`
  if (sort.by === 'id') return [{ condition: place ?? always, orderBy: Prisma.raw(tail) }]
  const known: OrderedPart = {
    condition: after
      ? Prisma.sql`(${key}, m.provider, m.model_id) ${beyond} (${after.value}::text::${Prisma.raw(type)}, ${after.provider}, ${after.modelId})`
      : always,
    orderBy: Prisma.raw(`${expression} ${direction}, ${tail}`),
  }
  if (isKnown) return [known]
  // That the value is NULL does not make it a constant to the planner: it stays in the order.
  const unknown = { condition: Prisma.sql`${key} IS NULL`, orderBy: known.orderBy }
  if (after && after.value === null)
    return [{ ...unknown, condition: Prisma.sql`${unknown.condition} AND ${place ?? always}` }]
  return [{ ...known, condition: Prisma.sql`${key} IS NOT NULL AND ${known.condition}` }, unknown]
}

/** The best match first; among equals the shortest id, which is the plain model and not a variant of it. */
export function inOrderOfMatch(rank: Prisma.Sql, after: ModelPlace | undefined): ModelOrder {
  const condition = after
    ? Prisma.sql`(-(${rank}), length(m.model_id), m.model_id, m.provider)
        > (-(${after.value}::text::float8), length(${after.modelId}), ${after.modelId}, ${after.provider})`
    : always
  const orderBy = Prisma.sql`${rank} DESC, length(m.model_id), m.model_id, m.provider`
  const value = Prisma.sql`(${rank})::text`
  return { parts: [{ condition, orderBy }], value, isIndexed: false }
}

const always = Prisma.sql`TRUE`
