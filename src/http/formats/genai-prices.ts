/**
 * genai-prices' second format, from which its Python and JavaScript clients update themselves. Providers
 * have genai-prices' own ids where it knows them. A model without a price is not in it, unless
 * genai-prices itself lists it so; nor is one whose id the format does not allow.
 */
import { z } from 'zod'
import type { CatalogProvider } from '../../catalog/model.ts'
import type { StoredModel } from '../../catalog/models.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json.ts'
import { genaiPricesId } from '../../upstreams/genai-prices-providers.ts'
import { acceptIf, type Entry, type Format, type FormatSource } from './format.ts'
import { GenaiPrices, renderGenaiPrices } from './genai-prices-pricing.ts'
import { definedOnly } from './model-facts.ts'

const source = 'genai-prices'

const Id = z.string().regex(/^\S{1,100}$/, 'is no id')
const GenaiPricesProvider = z.object({
  id: Id,
  name: z.string().min(1).max(100),
  api_pattern: z.string().refine((pattern) => isPattern(pattern), {
    error: 'is no regular expression',
  }),
  models: z.array(
    z.object({
      id: Id,
      match: z.record(z.string(), z.unknown()),
      prices: GenaiPrices,
    }),
  ),
})

export const genaiPrices = {
  name: 'genai-prices',
  path: '/genai-prices/v2/data.json',
  summary: 'genai-prices’ list of providers, models and prices, second format',
  sections: [{ open: '[', close: ']', schema: GenaiPricesProvider, entries }],
  accept: acceptIf({ minimum: 1 }),
} satisfies Format

function isPattern(pattern: string): boolean {
  try {
    return Boolean(new RegExp(pattern))
  } catch {
    return false
  }
}

function* entries({ models, providers }: FormatSource): Generator<Entry | undefined> {
  const byProvider = Map.groupBy(models, ({ provider }) => provider)
  yield undefined
  for (const provider of providers) {
    const own = byProvider.get(provider.id) ?? []
    for (const part of partsOf(provider, own)) {
      yield undefined
      const { value, models: rendered } = renderProvider(part)
      if (rendered > 0) yield { value, models: rendered }
    }
  }
}

interface Part {
  id: string
  name: string
  api: string | undefined
  /** What genai-prices states of it besides. */
  stated: JsonObject
  models: readonly StoredModel[]
}

/** Hosts behind Hugging Face's router are providers of their own there, models `<id>:<host>` here. */
function* partsOf(provider: CatalogProvider, models: readonly StoredModel[]): Generator<Part> {
  const { hosts, ...stated } = provider.extra[source] ?? {}
  const { id, name, api } = provider
  const byHost = Map.groupBy(models, ({ modelId }) => {
    const host = modelId.slice(modelId.lastIndexOf(':') + 1)
    return isJsonObject(hosts) && Object.hasOwn(hosts, host) ? host : undefined
  })
  const own = typeof stated['id'] === 'string' ? stated['id'] : genaiPricesId(id)
  const others = byHost.get(undefined) ?? []
  if (others.length > 0) yield { id: own, name, api, stated, models: others }
  for (const [host, facts] of Object.entries(isJsonObject(hosts) ? hosts : {})) {
    const ofHost = isJsonObject(facts) ? facts : {}
    const hostName = typeof ofHost['name'] === 'string' ? ofHost['name'] : `${name} (${host})`
    const routed = { id: `huggingface_${host}`, name: hostName, api, stated: ofHost }
    yield { ...routed, models: byHost.get(host) ?? [] }
  }
}

function renderProvider({ id, name, api, stated, models }: Part): {
  value: JsonObject
  models: number
} {
  const rendered = models.flatMap((model) => {
    const value = renderModel(model)
    return value ? [{ value, isStated: model.extra[source] !== undefined }] : []
  })
  // The first that matches counts: an id itself before a pattern of ids.
  const exactFirst = rendered.toSorted((a, b) => Number(a.isStated) - Number(b.isStated))
  return {
    value: {
      api_pattern: patternOf(api, id),
      ...stated,
      id,
      name: name.slice(0, 100),
      models: exactFirst.map(({ value }) => value),
    },
    models: rendered.length,
  }
}

/** Of the address where it is known; else one that only the provider's own name fits. */
function patternOf(api: string | undefined, id: string): string {
  const host = api === undefined ? undefined : URL.parse(api)?.host
  const address = host || `${id}.invalid`
  return `https?://${address.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)}`
}

function renderModel(model: StoredModel): JsonObject | undefined {
  const { fields, modelId, extra } = model
  const { id = modelId, prices: rest, match, other_id: _other, ...stated } = extra[source] ?? {}
  // No price at all is what genai-prices has for some; where it has one that is not understood, it is left out.
  const isEmpty = extra[source] !== undefined && rest === undefined
  const prices = renderGenaiPrices(model.prices, rest) ?? (isEmpty ? {} : undefined)
  if (prices === undefined || typeof id !== 'string' || !/^\S{1,100}$/.test(id)) return undefined
  return definedOnly<Json>({
    id,
    name: within(100, fields.name),
    description: within(1000, fields.description),
    match: match ?? { equals: id },
    context_window: fields.contextWindow,
    ...stated,
    prices,
    deprecated: fields.stage === 'deprecated' ? true : undefined,
  })
}

function within(length: number, text: string | undefined): string | undefined {
  return text !== undefined && text.length <= length ? text : undefined
}
