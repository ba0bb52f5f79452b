/** The catalog as readers see it: list, search, one model. CLI and REST are doors to the same functions. */
import { plannedAnew, Prisma, type Reader } from './database.ts'
import type { Lifecycle } from './model.ts'
import { filterConditions, type Audience, type ModelFilter } from './model-filter.ts'
import {
  byId,
  orderedParts,
  sortValue,
  type ModelPlace,
  type ModelSort,
  type OrderedPart,
} from './model-order.ts'
import { searchSql } from './model-search.ts'
import { modelSelection, toModel, type ModelRow, type StoredModel } from './models.ts'

export interface ModelQuery extends ModelFilter {
  /** Absent = the best match first where there is a search, else by id. */
  sort?: ModelSort | undefined
  /** Models a page. */
  limit: number
  /** Begins behind it. Not together with `page`, nor with a search that has no `sort`. */
  after?: ModelPlace | undefined
  /** From 1, the default. */
  page?: number | undefined
}

export interface ModelPage {
  models: StoredModel[]
  /** Where the next page begins; undefined: there is none, or the best match decides the order. */
  next: ModelPlace | undefined
}

/** One page: an index is read until it is full. How many there are in all is asked of `countModels`. */
export async function listModels(reader: Reader, query: ModelQuery): Promise<ModelPage> {
  const { limit, page = 1, sort, after } = query
  const { where, rank } = conditions(query)
  if (rank && !sort) {
    const ranked = { condition: where, orderBy: byRank(rank) }
    const rows = await readPart(reader, ranked, byId, limit, (page - 1) * limit)
    return { models: rows.map(toModel), next: undefined }
  }
  const order = sort ?? byId
  const parts = orderedParts(order, after).map(({ condition, orderBy }) => ({
    condition: Prisma.sql`${where} AND ${condition}`,
    orderBy,
  }))
  // One more than is shown tells whether there is a next page.
  const rows = await readParts(reader, parts, order, limit + 1, (page - 1) * limit)
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    models: rows.slice(0, limit).map(toModel),
    next: last && { value: last.sortValue, provider: last.provider, modelId: last.modelId },
  }
}

export async function countModels(reader: Reader, filter: ModelFilter): Promise<number> {
  const [row] = await reader.$queryRaw<{ total: number }[]>`
    SELECT ${plannedAnew} count(*)::int AS total FROM models m WHERE ${conditions(filter).where}`
  return row?.total ?? 0
}

function conditions(filter: ModelFilter): { where: Prisma.Sql; rank: Prisma.Sql | undefined } {
  const where = filterConditions(filter)
  if (!filter.search?.trim()) return { where, rank: undefined }
  const { condition, rank } = searchSql(filter.search)
  return { where: Prisma.sql`${where} AND ${condition}`, rank }
}

function byRank(rank: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`${rank} DESC, length(m.model_id), m.model_id, m.provider`
}

type PageRow = ModelRow & { sortValue: string | null }

/** Part after part until the page is full. A part that lies wholly before the offset is only counted. */
async function readParts(
  reader: Reader,
  parts: readonly OrderedPart[],
  sort: ModelSort,
  limit: number,
  offset: number,
): Promise<PageRow[]> {
  const rows: PageRow[] = []
  let toSkip = offset
  for (const [index, part] of parts.entries()) {
    const found = await readPart(reader, part, sort, limit - rows.length, toSkip)
    rows.push(...found)
    if (rows.length >= limit || index === parts.length - 1) break
    toSkip = found.length > 0 ? 0 : Math.max(0, toSkip - (await countPart(reader, part)))
  }
  return rows
}

function readPart(
  reader: Reader,
  { condition, orderBy }: OrderedPart,
  sort: ModelSort,
  limit: number,
  offset: number,
): Promise<PageRow[]> {
  return reader.$queryRaw<PageRow[]>`
    SELECT ${plannedAnew} ${modelSelection}, ${sortValue(sort)} AS "sortValue"
    FROM models m WHERE ${condition} ORDER BY ${orderBy} LIMIT ${limit} OFFSET ${offset}`
}

async function countPart(reader: Reader, { condition }: OrderedPart): Promise<number> {
  const [row] = await reader.$queryRaw<{ count: number }[]>`
    SELECT ${plannedAnew} count(*)::int AS count FROM models m WHERE ${condition}`
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
  const rows = await reader.$queryRaw<ModelRow[]>`
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

/** What each provider serves by life cycle; providers of whom nothing is there for the audience are left out. */
export async function countModelsByProvider(
  reader: Reader,
  audience: Audience,
): Promise<Map<string, Record<Lifecycle, number>>> {
  const rows = await reader.$queryRaw<({ provider: string } & Record<Lifecycle, number>)[]>`
    SELECT m.provider,
      count(*) FILTER (WHERE m.lifecycle = 'active')::int AS active,
      count(*) FILTER (WHERE m.lifecycle = 'deprecated')::int AS deprecated,
      count(*) FILTER (WHERE m.lifecycle = 'missing')::int AS missing,
      count(*) FILTER (WHERE m.lifecycle = 'retired')::int AS retired
    FROM models m WHERE ${filterConditions({ audience })} GROUP BY m.provider`
  return new Map(rows.map(({ provider, ...counts }) => [provider, counts]))
}
