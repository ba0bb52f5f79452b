/** Where upstreams disagree. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { modelKey } from '../../catalog/model.ts'
import { readConflicts } from '../../catalog/read-conflicts.ts'
import { registerCatalogRoute } from '../catalog-route.ts'
import type { HttpContext } from '../http-context.ts'
import { filterParameters, Limit, Page } from '../schemas/model-query.ts'
import { NoParams } from '../schemas/models.ts'

const ConflictQuery = z.strictObject({
  provider: filterParameters.provider,
  field: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .meta({
      description: 'contextWindow, maxOutputTokens, price.input, …',
      samples: ['price.input'],
    }),
  page: Page.default(1),
  limit: Limit,
})

const ConflictPageSchema = z
  .object({
    version: z.int(),
    total: z.int().describe('Models on all pages.'),
    page: z.int(),
    limit: z.int(),
    conflicts: z.array(
      z.object({
        id: z.string(),
        fields: z.array(
          z.object({
            field: z.string(),
            taken: z.string().nullable().describe('Whose value the catalog has.'),
            values: z.array(
              z.object({
                upstream: z.string(),
                value: z.string(),
                unit: z.string(),
                confirmedAt: z.iso.datetime(),
              }),
            ),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'ConflictPage' })

export function registerConflicts(app: FastifyInstance, context: HttpContext): void {
  registerCatalogRoute(app, context, {
    url: '/api/v1/conflicts',
    summary: 'Prices and limits on which upstreams disagree',
    tags: ['models'],
    params: NoParams,
    querystring: ConflictQuery,
    response: ConflictPageSchema,
    kind: 'health',
    read: async (reader, { query, audience, version }) => {
      const { page, limit } = query
      const { models, total } = await readConflicts(reader, { ...query, audience })
      return {
        version,
        total,
        page,
        limit,
        conflicts: models.map((model) => ({ id: modelKey(model), fields: model.fields })),
      }
    },
  })
}
