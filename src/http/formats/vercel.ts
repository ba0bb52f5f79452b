/**
 * The list of Vercel's AI Gateway: prices are decimal strings, USD per token. Every field is required by
 * its readers, so a model whose price or window nobody states is not in it.
 */
import { z } from 'zod'
import { modelKey } from '../../catalog/model.ts'
import type { StoredModel } from '../../catalog/models.ts'
import { perToken, tokenPrices } from './flat-prices.ts'
import { acceptIf, type Format } from './format.ts'
import { createdSeconds, definedOnly } from './model-facts.ts'

const Price = z.string().regex(/^\d+(\.\d+)?$/, 'is no plain decimal')

const VercelModel = z.object({
  id: z.string().min(1),
  object: z.literal('model'),
  created: z.number(),
  owned_by: z.string(),
  name: z.string(),
  description: z.string(),
  context_window: z.number().positive(),
  max_tokens: z.number().positive(),
  type: z.string(),
  pricing: z.object({
    input: Price,
    output: Price,
    input_cache_read: Price.optional(),
    input_cache_write: Price.optional(),
  }),
})

export const vercel = {
  name: 'vercel',
  path: '/vercel/v1/models',
  summary: 'The list of Vercel’s AI Gateway',
  sections: [
    {
      open: '{"object":"list","data":[',
      close: ']}',
      schema: VercelModel,
      *entries({ models }) {
        for (const model of models) {
          const value = renderModel(model)
          yield value && { value }
        }
      },
    },
  ],
  accept: acceptIf({ minimum: 0 }),
} satisfies Format

const types = new Map([
  ['chat', 'language'],
  ['completion', 'language'],
  ['rerank', 'reranking'],
])

function renderModel(model: StoredModel): z.infer<typeof VercelModel> | undefined {
  const { fields, provider, modelId } = model
  const { contextWindow, type = 'chat' } = fields
  const priced = tokenPrices(model.prices)
  if (!priced || !contextWindow) return undefined
  const price = (amount: string | undefined) =>
    amount === undefined ? undefined : perToken(amount)
  return {
    id: modelKey(model),
    object: 'model',
    created: createdSeconds(model),
    owned_by: provider,
    name: fields.name ?? modelId,
    description: fields.description ?? '',
    context_window: contextWindow,
    // Some readers take it for what an answer may have; nobody takes 0.
    max_tokens: fields.maxOutputTokens ?? contextWindow,
    type: types.get(type) ?? type,
    pricing: {
      input: perToken(priced.input),
      output: perToken(priced.output),
      ...definedOnly({
        input_cache_read: price(priced.prices.get('cache_read')),
        input_cache_write: price(priced.prices.get('cache_write')),
      }),
    },
  }
}
