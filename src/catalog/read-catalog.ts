/** The whole catalog at one version: what the formats of other tools are rendered from. */
import { inSnapshot, type Db } from './database.ts'
import type { CatalogProvider } from './model.ts'
import { modelSelection, toModel, type ModelRow, type StoredModel } from './models.ts'
import { readProviders } from './providers.ts'
import { readHead } from './versions.ts'

export interface Catalog {
  version: number
  /** When that version was committed; undefined: nothing was. */
  committedAt: Date | undefined
  providers: CatalogProvider[]
  /** All of them, retired ones too, by provider and id. */
  models: StoredModel[]
}

/** One snapshot of the database, so that version, providers and models belong together. */
export async function readCatalog(db: Db): Promise<Catalog> {
  return inSnapshot(db, async (reader) => {
    const rows = await reader.$queryRaw<ModelRow[]>`
      SELECT ${modelSelection} FROM models m ORDER BY m.provider, m.model_id`
    return {
      ...(await readHead(reader)),
      providers: await readProviders(reader),
      models: rows.map(toModel),
    }
  })
}
