/** Models: the list, those that can do something, and one of them. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { viewModelDetail } from '../../catalog/model-view.ts'
import { readBenchmarks } from '../../catalog/read-benchmarks.ts'
import { readModelHealth } from '../../history/read-health.ts'
import { registerCatalogRoute } from '../catalog-route.ts'
import type { HttpContext } from '../http-context.ts'
import { readModelPage } from '../model-page.ts'
import { requireModel } from '../require-model.ts'
import { CapabilityModelsQuery, CapabilityName, ModelListQuery } from '../schemas/model-query.ts'
import {
  ModelDetailSchema,
  ModelPageSchema,
  ModelParams,
  NoParams,
  NoQuery,
} from '../schemas/models.ts'
import { viewBenchmark } from './benchmarks.ts'

export function registerModels(app: FastifyInstance, context: HttpContext): void {
  const { totals } = context
  registerCatalogRoute(app, context, {
    url: '/api/v1/models',
    summary: 'List models by filters, or search them',
    description:
      'Filters combine. Page numbers are for people; machines follow `next` as `cursor`, which neither repeats nor skips a model when the catalog changes between two pages.',
    tags: ['models'],
    params: NoParams,
    querystring: ModelListQuery,
    response: ModelPageSchema,
    nextAs: 'cursor',
    kind: 'list',
    read: (reader, { query, audience, version }) =>
      readModelPage(reader, { version, totals }, query, audience),
  })
  registerCatalogRoute(app, context, {
    url: '/api/v1/models/capability/:capability',
    summary: 'The models that can do something',
    tags: ['models'],
    params: z.strictObject({ capability: CapabilityName.meta({ samples: ['vision'] }) }),
    querystring: CapabilityModelsQuery,
    response: ModelPageSchema,
    nextAs: 'cursor',
    kind: 'list',
    read: (reader, { params: { capability }, query, audience, version }) =>
      readModelPage(reader, { version, totals }, query, audience, { capability }),
  })
  registerCatalogRoute(app, context, {
    url: '/api/v1/models/:id',
    summary: 'One model, with everything that is known of it',
    description:
      'Fields and prices with their sources, benchmarks, and how well it is known. A deprecated model carries `deprecatedAt` and `replacedBy` where they are stated.',
    tags: ['models'],
    params: ModelParams,
    querystring: NoQuery,
    response: ModelDetailSchema,
    kind: 'health',
    read: async (reader, { params, audience }) => {
      const model = await requireModel(reader, params.id, audience)
      const [benchmarks, health] = await Promise.all([
        readBenchmarks(reader, model),
        readModelHealth(reader, model),
      ])
      return { ...viewModelDetail(model), benchmarks: benchmarks.map(viewBenchmark), ...health }
    },
  })
}
