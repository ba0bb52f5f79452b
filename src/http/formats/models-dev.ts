/**
 * The catalog as models.dev's tree: what opencode and others read from `/api.json`. Values are the
 * catalog's (merged, overridden); only what has no field comes from what models-dev stated. Of prices
 * it carries the standard mode with context tiers: times of day, regions and batch have no place in it.
 */
import type { CatalogModel, CatalogProvider } from '../../catalog/model.ts'
import { componentKey, type Meter, type PriceComponent } from '../../catalog/price.ts'
import { isJsonObject, JsonDecimal, type Json, type JsonObject } from '../../json.ts'

const source = 'models-dev'

/** Retired and disabled models are left out, and so are providers without a model. JSON text. */
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
  const { limit, modalities, cost: _cost, cost_forms: _forms, ...rest } = extra[source] ?? {}
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
    cost: renderCost(model),
    // Never on a mere miss: clients hide what is deprecated.
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

const costKeys: Partial<Record<Meter, string>> = {
  input: 'input',
  output: 'output',
  reasoning: 'reasoning',
  cache_read: 'cache_read',
  cache_write: 'cache_write',
  input_audio: 'input_audio',
  output_audio: 'output_audio',
}

function renderCost({ prices, extra }: CatalogModel): JsonObject | undefined {
  const stated = extra[source]?.['cost']
  const rest = isJsonObject(stated) ? stated : {}
  const plain = prices.components.filter(
    (component) => isPlain(component) && costKeys[component.meter],
  )
  if (plain.length === 0 && stated === undefined) return undefined
  const tiers = Map.groupBy(
    plain.filter(({ minTokens }) => minTokens !== undefined),
    ({ minTokens }) => minTokens ?? 0,
  )
  return {
    ...amounts(plain.filter(({ minTokens }) => minTokens === undefined)),
    ...renderTiers(tiers, extra[source]?.['cost_forms']),
    ...rest,
  }
}

/** Without mode, region, time: what the format can say. A USD amount of the 5-minute cache counts. */
function isPlain(component: PriceComponent): boolean {
  const { minTokens: _minTokens, ...untiered } = component
  return componentKey(untiered) === component.meter
}

function renderTiers(
  tiers: ReadonlyMap<number, PriceComponent[]>,
  stated: Json | undefined,
): JsonObject {
  if (tiers.size === 0) return {}
  const forms = Array.isArray(stated) ? stated : ['tiers', 'context_over_200k']
  const sizes = [...tiers.keys()].sort((a, b) => a - b)
  const long = tiers.get(200_000)
  return definedOnly({
    tiers: forms.includes('tiers')
      ? sizes.map((size) => ({
          ...amounts(tiers.get(size) ?? []),
          tier: { type: 'context', size },
        }))
      : undefined,
    context_over_200k: forms.includes('context_over_200k') && long ? amounts(long) : undefined,
  })
}

function amounts(components: readonly PriceComponent[]): JsonObject {
  return Object.fromEntries(
    components.map(({ meter, amount }) => [costKeys[meter] ?? meter, new JsonDecimal(amount)]),
  )
}

function definedOnly(object: Record<string, Json | undefined>): JsonObject {
  const entries = Object.entries(object).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined,
  )
  return Object.fromEntries(entries)
}
