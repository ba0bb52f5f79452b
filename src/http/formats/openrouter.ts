/**
 * OpenRouter's lists: models that answer in text or images, and, apart from them, those that embed. Ids
 * are the catalog's, so an id begins with the provider that serves it. What input and output cost is
 * required by the readers, so a model whose price is unknown is not in them.
 */
import { z } from 'zod'
import { modelKey } from '../../catalog/model.ts'
import type { ListedModel, StoredModel } from '../../catalog/models.ts'
import type { JsonObject } from '../../json.ts'
import { acceptIf, type Format, type FormatSource } from './format.ts'
import { createdSeconds, isEmbedding, providerNames, supportedParameters } from './model-facts.ts'
import { renderPricing } from './openrouter-pricing.ts'

const Price = z.string().regex(/^(-1|\d+(\.\d+)?)$/, 'is neither a plain decimal nor "-1"')
const words = z.array(z.string())

const OpenrouterModel = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  created: z.int(),
  description: z.string(),
  context_length: z.number().nonnegative(),
  architecture: z.object({
    modality: z.string().regex(/->/),
    input_modalities: words,
    output_modalities: words,
    tokenizer: z.string(),
  }),
  pricing: z.looseObject({ prompt: Price, completion: Price }),
  top_provider: z.object({
    context_length: z.number().nullable(),
    max_completion_tokens: z.number().nullable(),
    is_moderated: z.boolean(),
  }),
  supported_parameters: words,
})

export const openrouter = {
  name: 'openrouter',
  path: '/openrouter/api/v1/models',
  summary: 'OpenRouter’s list of models',
  sections: [listOf((model) => !isEmbedding(model))],
  accept: acceptIf({ minimum: 0 }),
} satisfies Format

export const openrouterEmbeddings = {
  name: 'openrouter-embeddings',
  path: '/openrouter/api/v1/embeddings/models',
  summary: 'OpenRouter’s list of models that embed',
  sections: [listOf(isEmbedding)],
  accept: acceptIf({ minimum: 0 }),
} satisfies Format

function listOf(isListed: (model: StoredModel) => boolean): Format['sections'][number] {
  return {
    open: '{"data":[',
    close: ']}',
    schema: OpenrouterModel,
    *entries({ models, providers }: FormatSource) {
      const names = providerNames(providers)
      for (const model of models) {
        const value = isListed(model) ? renderModel(model, names.get(model.provider)) : undefined
        yield value && { value }
      }
    },
  }
}

function renderModel(model: StoredModel, providerName: string | undefined): JsonObject | undefined {
  const pricing = renderPricing(model.prices)
  if (!pricing) return undefined
  const { fields, modelId, provider } = model
  const id = modelKey(model)
  return {
    id,
    canonical_slug: id,
    hugging_face_id: null,
    name: `${providerName ?? provider}: ${fields.name ?? modelId}`,
    created: createdSeconds(model),
    description: fields.description ?? '',
    context_length: fields.contextWindow ?? 0,
    architecture: renderArchitecture(model),
    pricing,
    top_provider: {
      context_length: fields.contextWindow ?? null,
      max_completion_tokens: fields.maxOutputTokens ?? null,
      is_moderated: false,
    },
    per_request_limits: null,
    supported_parameters: supportedParameters(model),
  }
}

/** `text+image->text`; "file" is OpenRouter's word for PDF. */
export function renderArchitecture(model: ListedModel): JsonObject {
  const { inputModalities = ['text'], outputModalities } = model.fields
  const input = inputModalities.map((word) => (word === 'pdf' ? 'file' : word))
  const output = isEmbedding(model) ? ['embeddings'] : (outputModalities ?? ['text'])
  return {
    modality: `${input.join('+')}->${output.join('+')}`,
    input_modalities: input,
    output_modalities: output,
    tokenizer: 'Other',
    instruct_type: null,
  }
}
