/** The catalog as readers see it: list, search, one model. CLI and REST are doors to the same functions. */
import { Prisma, type Reader } from './database.ts'
import type { Lifecycle } from './model.ts'
import {
  filterConditions,
  sortExpression,
  type ModelFilter,
  type ModelSort,
} from './model-filter.ts'
import { searchSql } from './model-search.ts'
import { modelSelection, toModel, type ModelRow, type StoredModel } from './models.ts'

export interface ModelQuery extends ModelFilter {
  /** Absent = the best match first where there is a search, else by id. */
  sort?: ModelSort | undefined
  /** Models a page. */
  limit: number
  /** From 1. */
  page: number
}

export interface ModelPage {
  models: StoredModel[]
  /** Of all pages. */
  total: number
  /** The catalog's version that was read. */
  version: number
}

export async function listModels(reader: Reader, query: ModelQuery): Promise<ModelPage> {
  const search = query.search?.trim() ? searchSql(query.search) : undefined
  const where = search
    ? Prisma.sql`${filterConditions(query)} AND ${search.condition}`
    : filterConditions(query)
  const rows = await reader.$queryRaw<(ModelRow & Totals)[]>`
    SELECT ${modelSelection}, found.total, head.version
    FROM catalog_head head
    CROSS JOIN (SELECT count(*)::int AS total FROM models m WHERE ${where}) found
    LEFT JOIN LATERAL (
      SELECT * FROM models m WHERE ${where}
      ORDER BY ${orderOf(query.sort, search?.rank)} LIMIT ${query.limit} OFFSET ${(query.page - 1) * query.limit}
    ) m ON TRUE
    WHERE head.id = 1
    ORDER BY ${orderOf(query.sort, search?.rank)}`
  const [first] = rows
  return {
    // An empty page is one row without a model.
    models: rows.filter(({ provider }) => provider !== null).map(toModel),
    total: first?.total ?? 0,
    version: Number(first?.version ?? 0),
  }
}

interface Totals {
  total: number
  version: bigint
}

function orderOf(sort: ModelSort | undefined, rank: Prisma.Sql | undefined): Prisma.Sql {
  if (sort) return sortExpression(sort)
  return rank
    ? Prisma.sql`${rank} DESC, length(m.model_id), m.model_id, m.provider`
    : Prisma.sql`m.provider, m.model_id`
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
