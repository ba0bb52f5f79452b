/**
 * The catalog as models.dev's tree: what opencode and others read from `/api.json`. Values are the
 * catalog's (merged, overridden); only what has no field comes from what models-dev stated. Prices:
 * models-dev-cost.ts.
 */
import type { CatalogModel, CatalogProvider } from '../../catalog/model.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json.ts'
import { renderCost, renderExperimental } from './models-dev-cost.ts'

const source = 'models-dev'

/**
 * JSON text. Retired and disabled models are left out, and so are providers without a model, unless
 * models-dev itself lists them.
 */
export function renderModelsDev(
  providers: readonly CatalogProvider[],
  models: Iterable<CatalogModel>,
): string {
  const modelsByProvider = new Map<string, [string, JsonObject][]>()
  for (const model of models) {
    if (model.lifecycle === 'retired' || model.review === 'disabled') continue
    const rendered = modelsByProvider.get(model.provider) ?? []
    rendered.push([model.modelId, renderModel(model)])
    modelsByProvider.set(model.provider, rendered)
  }
  const tree = providers
    .filter(({ id, extra }) => modelsByProvider.has(id) || extra[source] !== undefined)
    .map((provider): [string, JsonObject] => [
      provider.id,
      renderProvider(provider, modelsByProvider.get(provider.id) ?? []),
    ])
  return JSON.stringify(Object.fromEntries(tree))
}

function renderProvider(
  { id, name, env, npm, api, doc, extra }: CatalogProvider,
  models: [string, JsonObject][],
): JsonObject {
  return {
    id,
    env,
    ...(npm === undefined ? {} : { npm }),
    ...(api === undefined ? {} : { api }),
    name,
    ...(doc === undefined ? {} : { doc }),
    ...extra[source],
    models: Object.fromEntries(models),
  }
}

/** Fields that every client of the format requires are false, empty or 0 where nobody states them. */
function renderModel(model: CatalogModel): JsonObject {
  const { fields, extra, modelId } = model
  const {
    limit,
    modalities,
    experimental,
    cost: _cost,
    cost_forms: _forms,
    ...rest
  } = extra[source] ?? {}
  const known = {
    id: modelId,
    name: fields.name ?? modelId,
    description: fields.description,
    family: fields.family,
    canonical_model_id: fields.baseModel,
    attachment: fields.attachment ?? false,
    reasoning: fields.reasoning ?? false,
    tool_call: fields.functionCalling ?? false,
    structured_output: fields.structuredOutput,
    temperature: fields.temperature,
    knowledge: fields.knowledgeCutoff,
    release_date: fields.releaseDate ?? '',
    last_updated: fields.lastUpdated ?? fields.releaseDate ?? '',
    modalities: {
      input: fields.inputModalities ?? ['text'],
      output: fields.outputModalities ?? ['text'],
      ...(isJsonObject(modalities) ? modalities : {}),
    },
    open_weights: fields.openWeights ?? false,
    limit: renderLimit(model, isJsonObject(limit) ? limit : {}),
    cost: renderCost(model.prices, extra[source] ?? {}),
    experimental: experimental && renderExperimental(experimental, model.prices),
    // What an upstream says, never a mere miss: clients hide what is deprecated.
    status: fields.stage,
  }
  return { ...definedOnly(known), ...rest }
}

function renderLimit({ fields }: CatalogModel, stated: JsonObject): JsonObject {
  return definedOnly({
    context: fields.contextWindow ?? stated['context'] ?? 0,
    input: fields.maxInputTokens ?? stated['input'],
    output: fields.maxOutputTokens ?? stated['output'] ?? 0,
    ...Object.fromEntries(
      Object.entries(stated).filter(([key]) => !['context', 'input', 'output'].includes(key)),
    ),
  })
}

function definedOnly(object: Record<string, Json | undefined>): JsonObject {
  const entries = Object.entries(object).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined,
  )
  return Object.fromEntries(entries)
}
