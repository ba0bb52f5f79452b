/** Providers: how many models they serve, how well that is known, and which. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { readDatabaseClock, type Reader } from '../../catalog/database.ts'
import type { Audience } from '../../catalog/model-filter.ts'
import type { CatalogProvider } from '../../catalog/model.ts'
import { countModelsByProvider } from '../../catalog/read-models.ts'
import { readProviders } from '../../catalog/providers.ts'
import { readVersion } from '../../catalog/versions.ts'
import { PlumblineError } from '../../errors.ts'
import { healthOf } from '../../history/health.ts'
import { readSourcesOfProviders } from '../../history/read-health.ts'
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
    read: async (reader, { audience }) => ({
      version: await readVersion(reader),
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
    kind: 'provider',
    read: async (reader, { params, query, audience }) => {
      await requireProvider(reader, params.id, audience)
      return readModelPage(reader, context.totals, query, audience, { provider: params.id })
    },
  })
}

async function viewProviders(reader: Reader, audience: Audience) {
  const counts = await countModelsByProvider(reader, audience)
  const sources = await readSourcesOfProviders(reader)
  const now = await readDatabaseClock(reader)
  return (await readProviders(reader)).flatMap((provider) => {
    const models = counts.get(provider.id)
    if (!models) return []
    const health = healthOf(sources.get(provider.id) ?? [], now)
    return [{ ...withoutExtra(provider), models, ...health }]
  })
}

function withoutExtra({ extra: _extra, ...provider }: CatalogProvider) {
  return provider
}

async function requireProvider(reader: Reader, id: string, audience: Audience) {
  const found = (await viewProviders(reader, audience)).find((provider) => provider.id === id)
  if (found) return found
  throw new PlumblineError('not_found', `There is no provider ${id.slice(0, 200)}.`, {
    nextStep: 'They are listed at /api/v1/providers.',
  })
}
