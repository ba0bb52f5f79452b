/** Which model for a task. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { readDatabaseClock } from '../../catalog/database.ts'
import { viewModel } from '../../catalog/model-view.ts'
import { recommendModels } from '../../catalog/recommend.ts'
import { registerCatalogRoute } from '../catalog-route.ts'
import type { HttpContext } from '../http-context.ts'
import { DecimalText, filterParameters, someOf, Whole } from '../schemas/model-query.ts'
import { Amount, ModelSchema, NoParams } from '../schemas/models.ts'
import { capabilities, isCapability } from '../../catalog/model-filter.ts'

const maxTokens = 100_000_000
const { provider, type, family, min_context } = filterParameters

const RecommendQuery = z.strictObject({
  capability: someOf(capabilities)
    .transform((names) => names.filter(isCapability))
    .optional()
    .meta({ description: 'Comma list; a model must have all of them.', samples: [['vision']] }),
  modality: someOf(['text', 'image', 'audio', 'video', 'pdf'])
    .optional()
    .describe('Comma list; taken or given, all of them.'),
  provider,
  type: type.describe('chat, embedding, image, …; absent: whatever answers in text.'),
  family,
  min_context,
  max_input_price: DecimalText.optional().describe('USD per million input tokens.'),
  input_tokens: Whole(0, maxTokens)
    .default(1000)
    .meta({ description: 'Expected per request.', samples: [20_000] }),
  output_tokens: Whole(0, maxTokens).default(1000).describe('Expected per request.'),
  limit: Whole(1, 100).default(10).describe('At most so many.'),
})

const RecommendationSchema = z
  .object({
    version: z.int(),
    recommendations: z.array(
      z.object({
        rank: z.int(),
        cost: Amount.nullable().describe('Of one request; null: not known.'),
        currency: z.string(),
        reasons: z.array(z.string()),
        model: ModelSchema,
      }),
    ),
  })
  .meta({ id: 'Recommendations' })

export function registerRecommend(app: FastifyInstance, context: HttpContext): void {
  registerCatalogRoute(app, context, {
    url: '/api/v1/models/recommend',
    summary: 'Models for a task, cheapest first, with reasons',
    description:
      'What can do the task, by the exact cost of the expected tokens. Deprecated and missing models come last; routers and retired models not at all; a model without a known price is never cheap.',
    tags: ['models'],
    params: NoParams,
    querystring: RecommendQuery,
    response: RecommendationSchema,
    kind: 'list',
    read: async (reader, { query, audience, version }) => {
      const found = await recommendModels(reader, {
        filter: {
          audience,
          provider: query.provider,
          type: query.type,
          family: query.family,
          capabilities: query.capability,
          modalities: query.modality,
          minContext: query.min_context,
          maxInputPrice: query.max_input_price,
        },
        inputTokens: query.input_tokens,
        outputTokens: query.output_tokens,
        at: await readDatabaseClock(reader),
        limit: query.limit,
      })
      return {
        version,
        recommendations: found.map(({ model, cost, reasons }, index) => ({
          rank: index + 1,
          cost: cost.total,
          currency: cost.currency,
          reasons,
          model: viewModel(model),
        })),
      }
    },
  })
}
