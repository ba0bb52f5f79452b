/** The catalog as readers see it: list, search, one model. CLI and REST are doors to the same functions. */
import { plannedAnew, Prisma, type Reader } from './database.ts'
import { servedLifecycles, type Lifecycle } from './model.ts'
import { filterConditions, type Audience, type ModelFilter } from './model-filter.ts'
import {
  byId,
  inOrderOf,
  inOrderOfMatch,
  type ModelOrder,
  type ModelPlace,
  type ModelSort,
  type OrderedPart,
} from './model-order.ts'
import { searchSql } from './model-search.ts'
import {
  listedSelection,
  modelSelection,
  toListedModel,
  toModel,
  type ListedModel,
  type ModelRow,
  type StoredModel,
  type WholeModelRow,
} from './models.ts'

export interface ModelQuery extends ModelFilter {
  /** Absent = the best match first where there is a search, else by id. */
  sort?: ModelSort | undefined
  /** Models a page. */
  limit: number
  /** Begins behind it. Not together with `page`. */
  after?: ModelPlace | undefined
  /** From 1, the default. */
  page?: number | undefined
  /** Whether the page is to say how many models all pages have. */
  isCounted?: boolean | undefined
}

export interface ModelPage {
  models: ListedModel[]
  /** Where the next page begins; undefined: there is none. */
  next: ModelPlace | undefined
  /** Models of all pages; undefined where that was not asked for, or an empty page cannot say it. */
  total: number | undefined
}

/** One page: an index is read until it is full. */
export async function listModels(reader: Reader, query: ModelQuery): Promise<ModelPage> {
  const { limit, page = 1, sort, after, isCounted = false } = query
  const { where, rank } = conditions(query)
  const isRanked = rank !== undefined && sort === undefined
  const stretch: Stretch = {
    order: isRanked ? inOrderOfMatch(rank, after) : inOrderOf(sort ?? byId, after),
    where,
    // One more than is shown tells whether there is a next page.
    limit: limit + 1,
    offset: (page - 1) * limit,
    total: isCounted ? totalOf(query, isRanked && !after) : notCounted,
  }
  const rows = await readStretch(reader, stretch)
  const models = rows.slice(0, limit).map(toListedModel)
  const last = rows.length > limit ? models.at(-1) : undefined
  return {
    models,
    next: last && {
      value: rows[limit - 1]?.sortValue ?? null,
      provider: last.provider,
      modelId: last.modelId,
    },
    total: rows[0]?.total ?? undefined,
  }
}

const notCounted = Prisma.sql`NULL::int`

/** To be ranked, all matches are read anyway. Else they are counted beside, in the same round trip. */
function totalOf(filter: ModelFilter, areAllRead: boolean): Prisma.Sql {
  return areAllRead ? Prisma.sql`count(*) OVER ()::int` : countOf(filter)
}

export async function countModels(reader: Reader, filter: ModelFilter): Promise<number> {
  const [row] = await reader.$queryRaw<{ count: number }[]>`
    SELECT ${plannedAnew} ${countOf(filter)} AS count`
  return row?.count ?? 0
}

/**
 * All that fit, in an index over what is filtered by, less those of them that the list does not show,
 * in one over what lists seldom show: no index has both, and the rows themselves are wide.
 */
function countOf({ audience = 'all', lifecycle, ...others }: ModelFilter): Prisma.Sql {
  const isServed =
    lifecycle !== undefined && servedLifecycles.every((state) => lifecycle.includes(state))
  const { where } = conditions(isServed ? others : { ...others, lifecycle })
  const all = Prisma.sql`(SELECT count(*)::int FROM models m WHERE ${where})`
  if (audience === 'all' && !isServed) return all
  const shown: ModelFilter = isServed ? { audience, lifecycle } : { audience }
  return Prisma.sql`${all} - (SELECT count(*)::int FROM models m
    WHERE ${where} AND ${seldomShown} AND NOT (${filterConditions(shown)}))`
}

/** To the letter what the index models_hidden_idx is over. */
const seldomShown = Prisma.sql`(m.review = 'disabled' OR m.tiers <> '{}' OR m.lifecycle = 'retired')`

function conditions(filter: ModelFilter): { where: Prisma.Sql; rank: Prisma.Sql | undefined } {
  const where = filterConditions(filter)
  if (!filter.search?.trim()) return { where, rank: undefined }
  const { condition, rank } = searchSql(filter.search)
  return { where: Prisma.sql`${where} AND ${condition}`, rank }
}

interface Stretch {
  order: ModelOrder
  where: Prisma.Sql
  limit: number
  offset: number
  total: Prisma.Sql
}

type PageRow = ModelRow & { sortValue: string | null; total: number | null }

/** Part after part until the page is full. A part that lies wholly before the offset is only counted. */
async function readStretch(reader: Reader, stretch: Stretch): Promise<PageRow[]> {
  const { order, limit } = stretch
  const rows: PageRow[] = []
  let { offset } = stretch
  for (const [index, part] of order.parts.entries()) {
    const total = rows.length === 0 ? stretch.total : notCounted
    const found = await readPart(reader, part, {
      ...stretch,
      limit: limit - rows.length,
      offset,
      total,
    })
    rows.push(...found)
    if (rows.length >= limit || index === order.parts.length - 1) break
    const skipped =
      found.length > 0 || offset === 0 ? offset : await countPart(reader, part, stretch)
    offset = Math.max(0, offset - skipped)
  }
  return rows
}

function readPart(reader: Reader, part: OrderedPart, stretch: Stretch): Promise<PageRow[]> {
  const { order } = stretch
  const read = (columns: Prisma.Sql) => Prisma.sql`
    SELECT ${columns}, ${order.value} AS "sortValue", ${stretch.total} AS total
    FROM models m WHERE ${stretch.where} AND ${part.condition}
    ORDER BY ${part.orderBy} LIMIT ${stretch.limit} OFFSET ${stretch.offset}`
  // The text of a row is made for those of the page only: what limits them is a query of its own.
  if (order.isIndexed && stretch.offset <= farOffset)
    return reader.$queryRaw`
      SELECT ${plannedAnew} ${listedSelection}, m."sortValue", m.total FROM (${read(allColumns)}) m`
  // Wide rows would be sorted, or skipped: first the ids.
  return reader.$queryRaw`
    SELECT ${plannedAnew} ${listedSelection}, page."sortValue", page.total
    FROM (SELECT listed.*, row_number() OVER () AS place FROM (${read(keyColumns)}) listed) page
    JOIN models m ON m.provider = page.provider AND m.model_id = page.model_id
    ORDER BY page.place`
}

const farOffset = 1000
const allColumns = Prisma.sql`m.*`
const keyColumns = Prisma.sql`m.provider, m.model_id`

async function countPart(
  reader: Reader,
  { condition }: OrderedPart,
  { where }: Stretch,
): Promise<number> {
  const [row] = await reader.$queryRaw<{ count: number }[]>`
    SELECT ${plannedAnew} count(*)::int AS count FROM models m WHERE ${where} AND ${condition}`
  return row?.count ?? 0
}

export interface ModelKey {
  provider: string
  modelId: string
}

/** In the order of the keys; those that are not in the catalog are left out. */
export async function readModels(
  reader: Reader,
  keys: readonly ModelKey[],
): Promise<StoredModel[]> {
  if (keys.length === 0) return []
  const rows = await reader.$queryRaw<WholeModelRow[]>`
    SELECT ${modelSelection}
    FROM unnest(${keys.map(({ provider }) => provider)}::text[], ${keys.map(({ modelId }) => modelId)}::text[])
      WITH ORDINALITY AS key (provider, model_id, place)
    JOIN models m ON m.provider = key.provider AND m.model_id = key.model_id
    ORDER BY key.place`
  return rows.map(toModel)
}

export async function readModel(reader: Reader, key: ModelKey): Promise<StoredModel | undefined> {
  const [model] = await readModels(reader, [key])
  return model
}

export interface CatalogCounts {
  version: number
  /** Providers that serve a model now. */
  providers: number
  models: Record<Lifecycle, number>
}

export async function countCatalog(reader: Reader): Promise<CatalogCounts> {
  const [row] = await reader.$queryRaw<
    ({ version: bigint; providers: number } & Record<Lifecycle, number>)[]
  >`
    SELECT (SELECT version FROM catalog_head WHERE id = 1) AS version,
      count(DISTINCT provider) FILTER (WHERE lifecycle <> 'retired')::int AS providers,
      count(*) FILTER (WHERE lifecycle = 'active')::int AS active,
      count(*) FILTER (WHERE lifecycle = 'deprecated')::int AS deprecated,
      count(*) FILTER (WHERE lifecycle = 'missing')::int AS missing,
      count(*) FILTER (WHERE lifecycle = 'retired')::int AS retired
    FROM models`
  const { version = 0n, providers = 0, active = 0, deprecated = 0 } = row ?? {}
  const { missing = 0, retired = 0 } = row ?? {}
  return { version: Number(version), providers, models: { active, deprecated, missing, retired } }
}

/** What each provider (or the one) serves by life cycle; providers of whom nothing is there for the audience are left out. */
export async function countModelsByProvider(
  reader: Reader,
  audience: Audience,
  provider?: string,
): Promise<Map<string, Record<Lifecycle, number>>> {
  const rows = await reader.$queryRaw<({ provider: string } & Record<Lifecycle, number>)[]>`
    SELECT m.provider,
      count(*) FILTER (WHERE m.lifecycle = 'active')::int AS active,
      count(*) FILTER (WHERE m.lifecycle = 'deprecated')::int AS deprecated,
      count(*) FILTER (WHERE m.lifecycle = 'missing')::int AS missing,
      count(*) FILTER (WHERE m.lifecycle = 'retired')::int AS retired
    FROM models m WHERE ${filterConditions({ audience, provider })} GROUP BY m.provider`
  return new Map(rows.map(({ provider, ...counts }) => [provider, counts]))
}
