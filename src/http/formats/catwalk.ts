/**
 * Catwalk's list of providers, which crush reads at `/v2/providers`: models that chat, with what a session
 * needs to know of them. Prices are numbers and required: where none is known they are 0, as in Catwalk
 * itself. A model without a known window and a provider that cannot be reached by an address are left out.
 */
import { z } from 'zod'
import type { CatalogProvider } from '../../catalog/model.ts'
import type { StoredModel } from '../../catalog/models.ts'
import { isJsonObject, JsonDecimal, type JsonObject } from '../../json.ts'
import { catwalkProvider, firstProviders, type CatwalkAddress } from './catwalk-providers.ts'
import { flatPrices } from './flat-prices.ts'
import { acceptIf, type Format, type FormatSource } from './format.ts'
import { isTextModel } from './model-facts.ts'

const Amount = z.number().nonnegative()

const CatwalkModel = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  cost_per_1m_in: Amount,
  cost_per_1m_out: Amount,
  cost_per_1m_in_cached: Amount,
  cost_per_1m_out_cached: Amount,
  context_window: z.int().positive(),
  default_max_tokens: z.int().positive(),
  can_reason: z.boolean(),
  supports_attachments: z.boolean(),
})

const CatwalkProvider = z
  .object({
    id: z.string().min(1),
    name: z.string().min(1),
    type: z.string().min(1),
    api_key: z.string().regex(/^(\$[A-Za-z_]\w*)?$/, 'is no name of a variable'),
    default_large_model_id: z.string(),
    default_small_model_id: z.string(),
    models: z.array(CatwalkModel).min(1),
  })
  // Crush has crashed on defaults that were not in the list.
  .refine(
    ({ models, default_large_model_id: large, default_small_model_id: small }) =>
      [large, small].every((id) => models.some((model) => model.id === id)),
    'a default model is not among the models',
  )

export const catwalk = {
  name: 'catwalk',
  path: '/v2/providers',
  summary: 'Catwalk’s list of providers and their chat models',
  sections: [{ open: '[', close: ']', schema: CatwalkProvider, entries }],
  accept: acceptIf({ minimum: 1 }),
} satisfies Format

function* entries({ models, providers }: FormatSource) {
  const byProvider = Map.groupBy(models.filter(isListed), ({ provider }) => provider)
  yield undefined
  for (const provider of providers.toSorted((a, b) => placeOf(a) - placeOf(b))) {
    const own = byProvider.get(provider.id)
    const address = catwalkProvider(provider)
    if (own && address) yield { value: renderProvider(provider, address, own), models: own.length }
  }
}

function placeOf({ id }: CatalogProvider): number {
  const place = firstProviders.indexOf(id)
  return place === -1 ? firstProviders.length : place
}

function isListed(model: StoredModel): boolean {
  return isTextModel(model) && (model.fields.contextWindow ?? 0) > 0
}

function renderProvider(
  { name }: CatalogProvider,
  { id, type, apiKey, apiEndpoint }: CatwalkAddress,
  models: readonly StoredModel[],
): JsonObject {
  const { large, small } = defaultsOf(models)
  return {
    name,
    id,
    type,
    api_key: apiKey,
    ...(apiEndpoint === undefined ? {} : { api_endpoint: apiEndpoint }),
    default_large_model_id: large,
    default_small_model_id: small,
    models: models.map(renderModel),
  }
}

/**
 * Large: the newest that calls tools, of two the more expensive one. Small: the cheapest of those that are
 * not more than a year older. Where no model is known to call tools, all are asked.
 */
function defaultsOf(models: readonly StoredModel[]): { large: string; small: string } {
  const ranked = models.map((model) => ({
    id: model.modelId,
    callsTools: model.fields.functionCalling === true,
    releasedAt: Date.parse(model.fields.releaseDate ?? '') || 0,
    price: roughPrice(model),
  }))
  const withTools = ranked.filter(({ callsTools }) => callsTools)
  const candidates = withTools.length > 0 ? withTools : ranked
  const [large] = candidates.toSorted((a, b) => b.releasedAt - a.releasedAt || b.price - a.price)
  const oldest = (large?.releasedAt ?? 0) - yearMs
  const [small = large] = candidates
    .filter(({ releasedAt, price }) => releasedAt >= oldest && price > 0)
    .toSorted((a, b) => a.price - b.price)
  return { large: large?.id ?? '', small: small?.id ?? '' }
}

const yearMs = 365 * 86_400_000

/** Only to rank: no amount is written from it. */
function roughPrice({ prices }: StoredModel): number {
  const flat = flatPrices(prices)
  return Number(flat.get('input') ?? 0) + Number(flat.get('output') ?? 0)
}

function renderModel({ fields, modelId, prices, extra }: StoredModel): JsonObject {
  const flat = flatPrices(prices)
  const amount = (text: string | undefined) => new JsonDecimal(text ?? '0')
  const { contextWindow = 0, inputModalities = [] } = fields
  const efforts = effortsOf(extra['models-dev'] ?? {})
  return {
    id: modelId,
    name: fields.name ?? modelId,
    cost_per_1m_in: amount(flat.get('input')),
    cost_per_1m_out: amount(flat.get('output')),
    cost_per_1m_in_cached: amount(flat.get('cache_write')),
    cost_per_1m_out_cached: amount(flat.get('cache_read')),
    context_window: contextWindow,
    // Catwalk's generators take a tenth where nobody states it.
    default_max_tokens: fields.maxOutputTokens || Math.max(1, Math.floor(contextWindow / 10)),
    can_reason: fields.reasoning ?? false,
    ...(efforts.length > 0 ? { reasoning_levels: efforts } : {}),
    ...(efforts.includes('medium') ? { default_reasoning_effort: 'medium' } : {}),
    supports_attachments: fields.vision ?? inputModalities.includes('image'),
    options: {},
  }
}

/** models.dev's `reasoning_options`: the words that may be asked for. */
function effortsOf({ reasoning_options: options }: JsonObject): string[] {
  const effort = Array.isArray(options)
    ? options.find((option) => isJsonObject(option) && option['type'] === 'effort')
    : undefined
  const values = isJsonObject(effort) ? effort['values'] : undefined
  return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : []
}
