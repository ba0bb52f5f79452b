/** What other tools ask of one model or one provider, in their formats. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Reader } from '../../catalog/database.ts'
import { enabledReviews, servedLifecycles } from '../../catalog/model.ts'
import { isOpenTo, type Audience } from '../../catalog/model-filter.ts'
import type { ListedModel, StoredModel } from '../../catalog/models.ts'
import { readProviderNames } from '../../catalog/providers.ts'
import { readModelsThatFit } from '../../catalog/read-catalog.ts'
import { readOffers } from '../../catalog/read-offers.ts'
import { PlumblineError } from '../../errors.ts'
import { idOfPortkeyName } from '../../upstreams/portkey-files.ts'
import { registerCatalogRoute } from '../catalog-route.ts'
import { renderLogo } from '../formats/logo.ts'
import { OpenaiModel, renderOpenaiModel } from '../formats/openai.ts'
import { renderEndpoints } from '../formats/openrouter-endpoints.ts'
import {
  PortkeyFile,
  portkeyProvider,
  renderPortkeyFile,
  renderPortkeyPricing,
} from '../formats/portkey.ts'
import type { HttpContext } from '../http-context.ts'
import { problemResponses } from '../problem-schema.ts'
import { requireModel } from '../require-model.ts'
import { ModelParams } from '../schemas/models.ts'

const AnyQuery = z.looseObject({})

/** Path → what is there; the documents list them. */
export const formatParts = {
  '/v1/models/{id}': 'One model of OpenAI’s list',
  '/openrouter/api/v1/models/{id}/endpoints': 'Who serves a model, as OpenRouter tells it',
  '/pricing/{provider}.json': 'Portkey’s price file of one provider',
  '/model-configs/pricing/{provider}/{model}': 'Portkey’s prices of one model',
  '/logos/{provider}.svg': 'A picture for a provider: its letters in a square',
} as const

export function registerFormatParts(app: FastifyInstance, context: HttpContext): void {
  registerCatalogRoute(app, context, {
    url: '/v1/models/:id',
    summary: formatParts['/v1/models/{id}'],
    tags: ['formats'],
    othersKeys: 'ignored',
    params: ModelParams,
    querystring: AnyQuery,
    response: OpenaiModel,
    kind: 'provider',
    read: async (reader, { params, audience }) =>
      renderOpenaiModel(await requireListed(reader, params.id, audience)),
  })
  registerCatalogRoute(app, context, {
    url: '/openrouter/api/v1/models/:id/endpoints',
    summary: formatParts['/openrouter/api/v1/models/{id}/endpoints'],
    tags: ['formats'],
    othersKeys: 'ignored',
    params: ModelParams,
    querystring: AnyQuery,
    response: z.unknown(),
    kind: 'provider',
    read: async (reader, { params, audience }) => {
      const model = await requireListed(reader, params.id, audience)
      const { offers } = await readOffers(reader, model)
      const names = await readProviderNames(reader)
      const listed = offers.map((offer) => offer.model).filter((one) => isListed(one, audience))
      return renderEndpoints(model, listed, (provider) => names.get(provider) ?? provider)
    },
  })
  registerPortkey(app, context)
  registerLogos(app)
}

function registerPortkey(app: FastifyInstance, context: HttpContext): void {
  registerCatalogRoute(app, context, {
    url: '/pricing/:file',
    summary: formatParts['/pricing/{provider}.json'],
    tags: ['formats'],
    othersKeys: 'ignored',
    params: z.strictObject({
      file: z
        .string()
        .meta({ description: 'Portkey’s or our id, then .json.', samples: ['openai.json'] }),
    }),
    querystring: AnyQuery,
    response: PortkeyFile,
    kind: 'provider',
    read: async (reader, { params, audience }) => {
      const provider = portkeyProvider(params.file.replace(/\.json$/, ''))
      const models = await readModelsThatFit(reader, {
        provider,
        audience,
        review: enabledReviews,
        lifecycle: servedLifecycles,
      })
      if (models.length > 0) return renderPortkeyFile(models)
      throw new PlumblineError('not_found', `There is no provider ${provider.slice(0, 200)}.`)
    },
  })
  registerCatalogRoute(app, context, {
    url: '/model-configs/pricing/:provider/*',
    summary: formatParts['/model-configs/pricing/{provider}/{model}'],
    tags: ['formats'],
    othersKeys: 'ignored',
    params: z.strictObject({
      provider: z.string().meta({ description: 'Portkey’s or our id.', samples: ['openai'] }),
      '*': z.string().meta({ description: 'The model’s id.', samples: ['gpt-4o'] }),
    }),
    querystring: AnyQuery,
    response: z.unknown(),
    kind: 'provider',
    read: async (reader, { params, audience }) => {
      const provider = portkeyProvider(params.provider)
      const id = `${provider}/${idOfPortkeyName(provider, params['*'])}`
      const pricing = renderPortkeyPricing((await requireListed(reader, id, audience)).prices)
      if (pricing) return pricing
      throw new PlumblineError('not_found', `No price of ${id.slice(0, 200)} is known.`)
    },
  })
}

const LogoParams = z.strictObject({
  file: z
    .string()
    .regex(/^[\w.-]{1,100}\.svg$/, 'is no provider’s id and .svg')
    .meta({ description: 'An id of a provider, then .svg.', samples: ['openai.svg'] }),
})

/** They are the same at every version. */
function registerLogos(app: FastifyInstance): void {
  const schema = {
    summary: formatParts['/logos/{provider}.svg'],
    tags: ['formats'],
    params: LogoParams,
    response: {
      200: { description: 'A picture.', content: { 'image/svg+xml': { schema: z.string() } } },
      ...problemResponses,
    },
  }
  app.get('/logos/:file', { schema, config: { othersKeys: 'ignored' } }, (request, reply) => {
    const { file } = LogoParams.parse(request.params)
    return reply
      .header('content-type', 'image/svg+xml')
      .header('cache-control', 'public, max-age=86400')
      .send(renderLogo(file.replace(/\.svg$/, '')))
  })
}

/** As in the lists: what is disabled or retired is not there. */
async function requireListed(reader: Reader, id: string, audience: Audience): Promise<StoredModel> {
  const model = await requireModel(reader, id, audience)
  if (isListed(model, audience)) return model
  throw new PlumblineError('not_found', `There is no model ${id.slice(0, 200)}.`)
}

function isListed(model: ListedModel, audience: Audience): boolean {
  return isOpenTo(model, audience) && model.review !== 'disabled' && model.lifecycle !== 'retired'
}
