/** Providers: how many models they serve, how well that is known, and which. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Reader } from '../../catalog/database.ts'
import type { Audience } from '../../catalog/model-filter.ts'
import type { CatalogProvider } from '../../catalog/model.ts'
import { countModelsByProvider } from '../../catalog/read-models.ts'
import { readProviders } from '../../catalog/providers.ts'
import { isStorable } from '../../control-characters.ts'
import { PlumblineError } from '../../errors.ts'
import { readProviderHealth } from '../../history/read-health.ts'
import { registerCatalogRoute } from '../catalog-route.ts'
import type { HttpContext } from '../http-context.ts'
import { readModelPage } from '../model-page.ts'
import { ProviderModelsQuery } from '../schemas/model-query.ts'
import { ModelPageSchema, NoParams, NoQuery } from '../schemas/models.ts'
import { ProviderParams, ProviderSchema } from '../schemas/providers.ts'

export function registerProviders(app: FastifyInstance, context: HttpContext): void {
  registerCatalogRoute(app, context, {
    url: '/api/v1/providers',
    summary: 'All providers that serve a model',
    tags: ['providers'],
    params: NoParams,
    querystring: NoQuery,
    response: z.object({ version: z.int(), providers: z.array(ProviderSchema) }),
    kind: 'health',
    read: async (reader, { audience, version }) => ({
      version,
      providers: await viewProviders(reader, audience),
    }),
  })
  registerCatalogRoute(app, context, {
    url: '/api/v1/providers/:id',
    summary: 'One provider',
    tags: ['providers'],
    params: ProviderParams,
    querystring: NoQuery,
    response: ProviderSchema,
    kind: 'health',
    read: (reader, { params, audience }) => requireProvider(reader, params.id, audience),
  })
  registerCatalogRoute(app, context, {
    url: '/api/v1/providers/:id/models',
    summary: 'The models of one provider',
    tags: ['providers'],
    params: ProviderParams,
    querystring: ProviderModelsQuery,
    response: ModelPageSchema,
    nextAs: 'cursor',
    kind: 'provider',
    read: async (reader, { params, query, audience, version }) => {
      await requireProvider(reader, params.id, audience)
      const place = { version, totals: context.totals }
      return readModelPage(reader, place, query, audience, { provider: params.id })
    },
  })
}

/** All of them, or the one; without those of whom nothing is there for the audience. */
async function viewProviders(reader: Reader, audience: Audience, only?: string) {
  const counts = await countModelsByProvider(reader, audience, only)
  const healthOf = await readProviderHealth(reader, only)
  return (await readProviders(reader, only)).flatMap((provider) => {
    const models = counts.get(provider.id)
    return models ? [{ ...withoutExtra(provider), models, ...healthOf(provider.id) }] : []
  })
}

function withoutExtra({ extra: _extra, ...provider }: CatalogProvider) {
  return provider
}

async function requireProvider(reader: Reader, id: string, audience: Audience) {
  const [found] = isStorable(id) ? await viewProviders(reader, audience, id) : []
  if (found) return found
  throw new PlumblineError('not_found', `There is no provider ${id.slice(0, 200)}.`, {
    nextStep: 'They are listed at /api/v1/providers.',
  })
}
