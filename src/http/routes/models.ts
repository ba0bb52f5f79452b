/** Models: the list, and one of them. */
import type { FastifyInstance } from 'fastify'
import { viewModel, viewModelDetail } from '../../catalog/model-view.ts'
import { listModels } from '../../catalog/read-models.ts'
import { registerCatalogRoute } from '../catalog-route.ts'
import type { HttpContext } from '../http-context.ts'
import { requireModel } from '../require-model.ts'
import { ModelListQuery, toFilter } from '../schemas/model-query.ts'
import {
  ModelDetailSchema,
  ModelPageSchema,
  ModelParams,
  NoParams,
  NoQuery,
} from '../schemas/models.ts'

export function registerModels(app: FastifyInstance, context: HttpContext): void {
  registerCatalogRoute(app, context, {
    url: '/api/v1/models',
    summary: 'List models by filters, or search them',
    tags: ['models'],
    params: NoParams,
    querystring: ModelListQuery,
    response: ModelPageSchema,
    kind: 'list',
    read: async (reader, { query, audience }) => {
      const { page, limit, sort } = query
      const filter = toFilter(query, audience)
      const { models, total, version } = await listModels(reader, { ...filter, page, limit, sort })
      return { version, total, page, limit, models: models.map(viewModel) }
    },
  })
  registerCatalogRoute(app, context, {
    url: '/api/v1/models/:id',
    summary: 'One model, with everything that is known of it',
    tags: ['models'],
    params: ModelParams,
    querystring: NoQuery,
    response: ModelDetailSchema,
    kind: 'provider',
    read: async (reader, { params, audience }) =>
      viewModelDetail(await requireModel(reader, params.id, audience)),
  })
}
