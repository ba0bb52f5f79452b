/** Who serves a model, as OpenRouter tells it at `…/models/{id}/endpoints`: cheapest first. */
import { modelKey } from '../../catalog/model.ts'
import type { ListedModel } from '../../catalog/models.ts'
import type { JsonObject } from '../../json.ts'
import { createdSeconds, supportedParameters } from './model-facts.ts'
import { renderArchitecture } from './openrouter.ts'
import { renderPricing } from './openrouter-pricing.ts'

/** `offers` has the model itself among them; one whose price is unknown is left out. */
export function renderEndpoints(
  model: ListedModel,
  offers: readonly ListedModel[],
  providerName: (provider: string) => string,
): JsonObject {
  const { fields, modelId } = model
  return {
    data: {
      id: modelKey(model),
      name: fields.name ?? modelId,
      created: createdSeconds(model),
      description: fields.description ?? '',
      architecture: renderArchitecture(model),
      endpoints: offers.flatMap((offer) => renderEndpoint(offer, providerName(offer.provider))),
    },
  }
}

function renderEndpoint(offer: ListedModel, providerName: string): JsonObject[] {
  const pricing = renderPricing(offer.prices)
  if (!pricing) return []
  const { fields, modelId, provider } = offer
  return [
    {
      name: `${providerName} | ${modelKey(offer)}`,
      model_id: modelKey(offer),
      model_name: fields.name ?? modelId,
      context_length: fields.contextWindow ?? 0,
      pricing,
      provider_name: providerName,
      tag: provider,
      quantization: null,
      max_completion_tokens: fields.maxOutputTokens ?? null,
      max_prompt_tokens: fields.maxInputTokens ?? null,
      supported_parameters: supportedParameters(offer),
      status: 0,
      uptime_last_30m: null,
      supports_implicit_caching: false,
    },
  ]
}
