/**
 * The orders in which models can be listed. Unknown values come last in both directions: they are a
 * part of their own behind the known ones, so one plain index serves both.
 */
import { Prisma } from './database.ts'

interface SortSpec {
  expression: string
  /** SQL type, for values that come back in a cursor. */
  type: 'text' | 'numeric' | 'bigint' | 'timestamptz'
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
  /** The value that is sorted by, as PostgreSQL writes it; null: unknown. */
  value: string | null
  provider: string
  modelId: string
}

/** A stretch of the list that one index can be read for. */
export interface OrderedPart {
  /** Further condition, for a query on `models m`. */
  condition: Prisma.Sql
  orderBy: Prisma.Sql
}

/** In the order of the list; those that lie wholly before the place are left out. */
export function orderedParts(sort: ModelSort, after: ModelPlace | undefined): OrderedPart[] {
  const { expression, type, ...spec }: SortSpec = sortColumns[sort.by]
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
  if (spec.known) return [known]
  const unknown = { condition: Prisma.sql`${key} IS NULL`, orderBy: Prisma.raw(tail) }
  if (after && after.value === null)
    return [{ ...unknown, condition: Prisma.sql`${unknown.condition} AND ${place ?? always}` }]
  return [{ ...known, condition: Prisma.sql`${key} IS NOT NULL AND ${known.condition}` }, unknown]
}

const always = Prisma.sql`TRUE`

/** What a model is sorted by, as text. */
export function sortValue({ by }: ModelSort): Prisma.Sql {
  return Prisma.raw(`(${sortColumns[by].expression})::text`)
}
