/** The whole catalog at one version: what the formats of other tools are rendered from. */
import type { Reader } from './database.ts'
import { filterConditions, type ModelFilter } from './model-filter.ts'
import type { CatalogProvider } from './model.ts'
import { modelSelection, toModel, type StoredModel, type WholeModelRow } from './models.ts'
import { readProviders } from './providers.ts'
import { readHead } from './versions.ts'

export interface Catalog {
  version: number
  /** When that version was committed; undefined: nothing was. */
  committedAt: Date | undefined
  providers: CatalogProvider[]
  /** By provider and id. */
  models: StoredModel[]
}

/** The models that fit. To be read in a snapshot, so that version, providers and models belong together. */
export async function readCatalog(reader: Reader, filter: ModelFilter = {}): Promise<Catalog> {
  return {
    ...(await readHead(reader)),
    providers: await readProviders(reader),
    models: await readModelsThatFit(reader, filter),
  }
}

/** A few milliseconds of work each, so that a process that reads goes on answering. */
const pageSize = 200

/** By provider and id. */
export async function readModelsThatFit(
  reader: Reader,
  filter: ModelFilter,
): Promise<StoredModel[]> {
  const conditions = filterConditions(filter)
  const models: StoredModel[] = []
  let last = { provider: '', modelId: '' }
  for (;;) {
    const rows = await reader.$queryRaw<WholeModelRow[]>`
      SELECT ${modelSelection} FROM models m
      WHERE (m.provider, m.model_id) > (${last.provider}, ${last.modelId}) AND ${conditions}
      ORDER BY m.provider, m.model_id LIMIT ${pageSize}`
    const page = rows.map(toModel)
    models.push(...page)
    const end = page.at(-1)
    if (!end || page.length < pageSize) return models
    last = end
  }
}
