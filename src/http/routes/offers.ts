/** Who serves the same model, at which price. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { isOpenTo } from '../../catalog/model-filter.ts'
import { modelKey } from '../../catalog/model.ts'
import { viewModel } from '../../catalog/model-view.ts'
import { readOffers } from '../../catalog/read-offers.ts'
import { registerCatalogRoute } from '../catalog-route.ts'
import type { HttpContext } from '../http-context.ts'
import { requireModel } from '../require-model.ts'
import { ModelParams, ModelSchema, NoQuery } from '../schemas/models.ts'

const OffersSchema = z
  .object({
    id: z.string(),
    version: z.int(),
    offers: z.array(
      z.object({
        sameBy: z
          .enum(['itself', 'base_model', 'model_id'])
          .describe('Why it is taken for the same: what upstreams state, or the id.'),
        model: ModelSchema,
      }),
    ),
    variants: z
      .array(
        z.object({
          variant: z
            .string()
            .describe('What tells it from the others, such as `20240806` or `free`; may be empty.'),
          model: ModelSchema,
        }),
      )
      .describe(
        'Snapshots, tiers and quantisations of it: not the same model, nor the same price.',
      ),
  })
  .meta({ id: 'Offers' })

export function registerOffers(app: FastifyInstance, context: HttpContext): void {
  registerCatalogRoute(app, context, {
    url: '/api/v1/models/:id/offers',
    summary: 'The same model at every provider, cheapest first',
    description:
      'By the sum of input and output price; what has none comes last. Retired offers are left out.',
    tags: ['models'],
    params: ModelParams,
    querystring: NoQuery,
    response: OffersSchema,
    kind: 'provider',
    read: async (reader, { params, audience, version }) => {
      const model = await requireModel(reader, params.id, audience)
      const { offers, variants } = await readOffers(reader, model)
      return {
        id: modelKey(model),
        version,
        offers: offers
          .filter((offer) => isOpenTo(offer.model, audience))
          .map((offer) => ({ sameBy: offer.sameBy, model: viewModel(offer.model) })),
        variants: variants
          .filter((other) => isOpenTo(other.model, audience))
          .map((other) => ({ variant: other.variant, model: viewModel(other.model) })),
      }
    },
  })
}
