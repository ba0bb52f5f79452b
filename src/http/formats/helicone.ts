/**
 * Helicone's public registry: one model, several endpoints with their prices in USD per million. Models
 * are the same as for offers (catalog/base-model.ts). One endpoint a provider: the first that states a price.
 */
import { z } from 'zod'
import { baseModelOf } from '../../catalog/base-model.ts'
import type { StoredModel } from '../../catalog/models.ts'
import { JsonDecimal, type JsonObject } from '../../json.ts'
import { flatPrices } from './flat-prices.ts'
import { acceptIf, type Format, type FormatSource } from './format.ts'
import { definedOnly, providerNames, supportedParameters } from './model-facts.ts'

const Amount = z.number().nonnegative()

const HeliconeModel = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  author: z.string().min(1),
  contextLength: z.number().nonnegative(),
  endpoints: z
    .array(
      z.object({
        provider: z.string(),
        providerSlug: z.string(),
        supportsPtb: z.boolean(),
        pricing: z.object({ prompt: Amount, completion: Amount }),
      }),
    )
    .min(1),
  inputModalities: z.array(z.string()),
  outputModalities: z.array(z.string()),
  supportedParameters: z.array(z.string()),
})

export const helicone = {
  name: 'helicone',
  path: '/v1/public/model-registry/models',
  summary: 'Helicone’s model registry',
  sections: [
    { open: '{"data":{"models":[', close: ']},"error":null}', schema: HeliconeModel, entries },
  ],
  accept: acceptIf({ minimum: 0 }),
} satisfies Format

function* entries({ models, providers }: FormatSource) {
  const names = providerNames(providers)
  const priced = models.filter(({ prices }) => renderPricing(prices) !== undefined)
  yield undefined
  const taken = new Set<string>()
  for (const [key, same] of Map.groupBy(priced, sameKey)) {
    const author = key.slice(0, key.indexOf('/'))
    const own = same.find(({ provider }) => provider === author) ?? same[0]
    if (!own) continue
    const bare = bareId(own)
    const id = taken.has(bare) ? key : bare
    taken.add(id)
    yield { value: renderModel({ id, author, own, same }, names), models: same.length }
  }
}

function sameKey({ provider, modelId, fields }: StoredModel): string {
  const { base, variant } = baseModelOf({ provider, modelId, baseModel: fields.baseModel })
  return variant === '' ? base : `${base}:${variant}`
}

function bareId({ modelId }: StoredModel): string {
  return modelId.replace(/^.*\/(?=.)/, '').toLowerCase()
}

interface HeliconeGroup {
  id: string
  author: string
  own: StoredModel
  same: readonly StoredModel[]
}

function renderModel(
  { id, author, own, same }: HeliconeGroup,
  names: ReadonlyMap<string, string>,
): JsonObject {
  const { fields, modelId } = own
  const byProvider = new Map(same.toReversed().map((one) => [one.provider, one]))
  return {
    id,
    name: fields.name ?? modelId,
    author,
    contextLength: fields.contextWindow ?? 0,
    ...definedOnly({ maxOutput: fields.maxOutputTokens, trainingDate: fields.knowledgeCutoff }),
    description: fields.description ?? '',
    inputModalities: fields.inputModalities ?? ['text'],
    outputModalities: fields.outputModalities ?? ['text'],
    supportedParameters: supportedParameters(own),
    endpoints: [...byProvider.values()].toReversed().map(({ provider, prices }) => ({
      provider: names.get(provider) ?? provider,
      providerSlug: provider,
      supportsPtb: false,
      pricing: renderPricing(prices) ?? {},
    })),
  }
}

function renderPricing(sheet: StoredModel['prices']): JsonObject | undefined {
  const prices = flatPrices(sheet)
  const amount = (text: string | undefined) =>
    text === undefined ? undefined : new JsonDecimal(text)
  const [prompt, completion] = [amount(prices.get('input')), amount(prices.get('output'))]
  if (sheet.dynamic || !prompt || !completion) return undefined
  const [cacheRead, cacheWrite] = [prices.get('cache_read'), prices.get('cache_write')].map(amount)
  return { prompt, completion, ...definedOnly({ cacheRead, cacheWrite }) }
}
