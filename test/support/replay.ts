/** Upstreams as they were: dated payloads through the pipeline, at the time they were served. */
import type { CatalogModel } from '../../src/catalog/model.ts'
import { readCatalog, type Catalog } from '../../src/catalog/read-catalog.ts'
import type { RefreshRun, RunOptions } from '../../src/history/runs.ts'
import { litellm } from '../../src/upstreams/litellm.ts'
import { modelsDev } from '../../src/upstreams/models-dev.ts'
import { catalogOf, readPayload } from './catalog-of.ts'
import type { DatedSnapshot } from './models-dev-series.ts'
import { openPipeline, type Pipeline } from './refresh.ts'
import { startUpstream } from './upstream-server.ts'

export interface Replay {
  db: Pipeline['db']
  context: Pipeline['context']
  readonly refresh: (snapshot: DatedSnapshot, options?: RunOptions) => Promise<RefreshRun>
  readonly refreshLitellm: (body: string) => Promise<RefreshRun>
  readonly readCatalog: () => Promise<Catalog>
  readonly close: () => Promise<void>
}

export async function openReplay(): Promise<Replay> {
  const server = await startUpstream()
  const pipeline = await openPipeline(
    [modelsDev, litellm].map((definition) => ({
      definition,
      url: `${server.url}/${definition.id}`,
    })),
  )
  return {
    db: pipeline.db,
    context: pipeline.context,
    refresh: async ({ at, read }, options = {}) => {
      pipeline.at(at.toISOString())
      server.answer('/models-dev', { body: read() })
      return pipeline.refresh('models-dev', options)
    },
    refreshLitellm: async (body) => {
      pipeline.at(undefined)
      server.answer('/litellm', { body })
      return pipeline.refresh('litellm', { force: true })
    },
    readCatalog: () => readCatalog(pipeline.db),
    close: async () => {
      await pipeline.close()
      await server.close()
    },
  }
}

/** The models of a file as the catalog would have them if everything in it were believed. */
export function modelsAsStated({ read }: DatedSnapshot): CatalogModel[] {
  return catalogOf(modelsDev, readPayload(modelsDev, read())).models
}
