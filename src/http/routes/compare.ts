/** Models side by side. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { compareModels } from '../../catalog/compare-models.ts'
import { viewModel } from '../../catalog/model-view.ts'
import { registerCatalogRoute } from '../catalog-route.ts'
import type { HttpContext } from '../http-context.ts'
import { requireModels } from '../require-model.ts'
import { commaList } from '../schemas/documented.ts'
import { ModelSchema, NoParams } from '../schemas/models.ts'
import { otherSampleId, sampleId } from '../schemas/samples.ts'

const least = 2
const most = 10

const CompareQuery = z.strictObject({
  ids: z
    .union([z.string().transform((text) => text.split(',')), z.array(z.string())])
    .transform((ids) => [...new Set(ids.map((id) => id.trim()).filter((id) => id !== ''))])
    .refine(
      ({ length }) => length >= least && length <= most,
      `must name ${least} to ${most} different models`,
    )
    .meta({
      description: 'provider/model-id, separated by commas; or the parameter several times.',
      sent: commaList(undefined, { minItems: least, maxItems: most }),
      samples: [[sampleId, otherSampleId]],
    }),
})

const ids = z.array(z.string())

const ComparisonSchema = z
  .object({
    version: z.int(),
    models: z.array(ModelSchema),
    differences: z
      .array(z.object({ field: z.string(), values: z.array(z.unknown()) }))
      .describe('Fields in which they differ, values in the order of the models; null: unknown.'),
    best: z
      .object({ cheapestInput: ids, cheapestOutput: ids, largestContext: ids, largestOutput: ids })
      .describe('Ids; several where they are equal. What is unknown is never best.'),
  })
  .meta({ id: 'Comparison' })

export function registerCompare(app: FastifyInstance, context: HttpContext): void {
  registerCatalogRoute(app, context, {
    url: '/api/v1/models/compare',
    summary: 'Two to ten models side by side',
    tags: ['models'],
    params: NoParams,
    querystring: CompareQuery,
    response: ComparisonSchema,
    kind: 'list',
    read: async (reader, { query, audience, version }) => {
      const models = await requireModels(reader, query.ids, audience)
      return { version, models: models.map(viewModel), ...compareModels(models) }
    },
  })
}
