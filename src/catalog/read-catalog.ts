/** The whole catalog at one version: what the formats of other tools are rendered from. */
import { Prisma, type Db } from './database.ts'
import type { CatalogProvider } from './model.ts'
import { modelSelection, toModel, type ModelRow, type StoredModel } from './models.ts'
import { readProviders } from './providers.ts'
import { readVersion } from './versions.ts'

export interface Catalog {
  version: number
  providers: CatalogProvider[]
  /** All of them, retired ones too, by provider and id. */
  models: StoredModel[]
}

const readLimits = { maxWait: 10_000, timeout: 60_000 }

/** One snapshot of the database, so that version, providers and models belong together. */
export async function readCatalog(db: Db): Promise<Catalog> {
  return db.$transaction(
    async (tx) => {
      const rows = await tx.$queryRaw<ModelRow[]>`
        SELECT ${modelSelection} FROM models m ORDER BY m.provider, m.model_id`
      return {
        version: await readVersion(tx),
        providers: await readProviders(tx),
        models: rows.map(toModel),
      }
    },
    { ...readLimits, isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead },
  )
}
