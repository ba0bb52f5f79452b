/** What a model costs: now, on a day, and ever since. */
import type { FastifyInstance } from 'fastify'
import { parseComponentKey } from '../../catalog/component-key.ts'
import { readDatabaseClock, type Reader } from '../../catalog/database.ts'
import { modelKey } from '../../catalog/model.ts'
import type { StoredModel } from '../../catalog/models.ts'
import { priceState } from '../../catalog/price.ts'
import {
  readPriceHistory,
  readPricesAt,
  sheetOf,
  type PricePeriod,
} from '../../catalog/read-prices.ts'
import { registerCatalogRoute } from '../catalog-route.ts'
import type { HttpContext } from '../http-context.ts'
import { requireModel } from '../require-model.ts'
import { ModelParams } from '../schemas/models.ts'
import {
  PriceHistoryQuery,
  PriceHistorySchema,
  PricesQuery,
  PricesSchema,
} from '../schemas/prices.ts'

export function registerPrices(app: FastifyInstance, context: HttpContext): void {
  registerCatalogRoute(app, context, {
    url: '/api/v1/models/:id/prices',
    summary: 'Everything that a model costs, now or on a day',
    description:
      'All components with their circumstances: context tiers, modes, times to live, time-of-day windows, regions. `?at=` answers from the price history: what was charged then, by what was known then.',
    tags: ['prices'],
    params: ModelParams,
    querystring: PricesQuery,
    response: PricesSchema,
    kind: 'provider',
    read: async (reader, { params, query, audience }) => {
      const model = await requireModel(reader, params.id, audience)
      return viewPricesAt(await readPriceSheet(reader, model, query.at))
    },
  })
  registerCatalogRoute(app, context, {
    url: '/api/v1/models/:id/price-history',
    summary: 'Every price that a model ever had, newest first',
    tags: ['prices'],
    params: ModelParams,
    querystring: PriceHistoryQuery,
    response: PriceHistorySchema,
    kind: 'provider',
    read: async (reader, { params, query, audience }) => {
      const model = await requireModel(reader, params.id, audience)
      const { periods, total } = await readPriceHistory(reader, model, query)
      const { page, limit } = query
      return { id: modelKey(model), total, page, limit, periods: periods.map(viewPeriod) }
    },
  })
}

export interface PriceSheetAt {
  model: StoredModel
  at: Date
  isNow: boolean
  periods: PricePeriod[]
}

/** Of the moment, by the database's clock: now where none is given. */
export async function readPriceSheet(
  reader: Reader,
  model: StoredModel,
  stated: Date | undefined,
): Promise<PriceSheetAt> {
  const now = await readDatabaseClock(reader)
  const at = stated ?? now
  return { model, at, isNow: at >= now, periods: await readPricesAt(reader, model, at) }
}

function viewPricesAt({ model, at, isNow, periods }: PriceSheetAt) {
  const sheet = sheetOf(periods)
  return {
    id: modelKey(model),
    at: at.toISOString(),
    // That a router's price depends on the request has no history: it is known of today only.
    state: priceState(isNow ? model.prices : sheet),
    currency: sheet.currency ?? model.prices.currency ?? 'USD',
    components: periods.map(({ component, amount, upstream, validFrom, validTo }) => ({
      ...parseComponentKey(component, amount),
      key: component,
      upstream,
      validFrom: validFrom.toISOString(),
      validTo: validTo?.toISOString() ?? null,
    })),
  }
}

function viewPeriod({ component, amount, currency, upstream, validFrom, validTo }: PricePeriod) {
  return {
    component,
    amount,
    currency,
    upstream,
    validFrom: validFrom.toISOString(),
    validTo: validTo?.toISOString() ?? null,
  }
}
