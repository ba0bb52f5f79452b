/**
 * Helicone's public registry: one model, several endpoints with their prices in USD per million. Models
 * are the same where they state the same base model, else by what follows the last `/` of their id, as
 * for offers (catalog/read-offers.ts). One endpoint a provider: the first that states a price.
 */
import { z } from 'zod'
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
  for (const [id, same] of Map.groupBy(priced, baseId)) {
    const [first] = same
    if (first) yield { value: renderModel(id, first, same, names), models: same.length }
  }
}

function baseId({ fields, modelId }: StoredModel): string {
  const id = fields.baseModel ?? modelId
  return (id.replace(/^.*\/(?=.)/, '') || id).toLowerCase()
}

function renderModel(
  id: string,
  first: StoredModel,
  same: readonly StoredModel[],
  names: ReadonlyMap<string, string>,
): JsonObject {
  const author = first.fields.baseModel?.split('/')[0] ?? first.provider
  const own = same.find(({ provider }) => provider === author) ?? first
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
