/** Many models by their ids, of one version: how a copy of the catalog reads again what has changed. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { isOpenTo } from '../../catalog/model-filter.ts'
import { parseModelKey } from '../../catalog/model.ts'
import { viewModel } from '../../catalog/model-view.ts'
import { readModels } from '../../catalog/read-models.ts'
import { readVersion } from '../../catalog/versions.ts'
import { PlumblineError } from '../../errors.ts'
import { registerCatalogRoute } from '../catalog-route.ts'
import type { HttpContext } from '../http-context.ts'
import { Version } from '../schemas/changes.ts'
import { ModelSchema, NoParams } from '../schemas/models.ts'
import { otherSampleId, sampleId } from '../schemas/samples.ts'

const most = 100

// A comma can be part of an id: no list in one parameter.
const id = z.string().min(1).max(600)

const ModelBatchQuery = z.strictObject({
  id: z
    .union([id.transform((one) => [one]), z.array(id)])
    .transform((ids) => [...new Set(ids)])
    .refine(({ length }) => length <= most, `must name at most ${most} different models`)
    .meta({
      description: 'provider/model-id; the parameter several times for several.',
      sent: { type: 'array', items: { type: 'string' }, maxItems: most, explode: true },
      samples: [[sampleId, otherSampleId]],
    }),
  min_version: Version.optional().describe('Answer with this version or a later one.'),
})

const ModelBatchSchema = z
  .object({
    version: z.int(),
    models: z
      .array(ModelSchema)
      .describe('In the order of the ids, retired ones too. What is not there is left out.'),
  })
  .meta({ id: 'ModelBatch' })

export function registerModelBatch(app: FastifyInstance, context: HttpContext): void {
  registerCatalogRoute(app, context, {
    url: '/api/v1/models/batch',
    summary: 'Up to 100 models by their ids',
    tags: ['models'],
    params: NoParams,
    querystring: ModelBatchQuery,
    response: ModelBatchSchema,
    kind: 'list',
    read: async (reader, { query, audience }) => {
      const version = await readVersion(reader)
      if (version < (query.min_version ?? 0))
        throw new PlumblineError('version_ahead', `The newest version is ${version}.`)
      const models = await readModels(
        reader,
        query.id.flatMap((each) => parseModelKey(each) ?? []),
      )
      const open = models.filter((model) => isOpenTo(model, audience))
      return { version, models: open.map(viewModel) }
    },
  })
}
