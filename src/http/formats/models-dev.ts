/**
 * The catalog as models.dev's tree: what opencode and others read from `/api.json`. Values are the
 * catalog's (merged, overridden); only what has no field comes from what models-dev stated. Prices:
 * models-dev-cost.ts.
 */
import { z } from 'zod'
import type { CatalogModel, CatalogProvider } from '../../catalog/model.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json.ts'
import { aiSdkPackage } from './ai-sdk-packages.ts'
import { acceptIf, type Entry, type Format, type Section } from './format.ts'
import { renderCost, renderExperimental } from './models-dev-cost.ts'

const source = 'models-dev'

const modalities = ['text', 'audio', 'image', 'video', 'pdf'] as const
const stages = ['alpha', 'beta', 'deprecated'] as const

const Amount = z.number().nonnegative()
const Cost = z.object({
  input: Amount,
  output: Amount,
  cache_read: Amount.optional(),
  cache_write: Amount.optional(),
})
const Tier = Cost.extend({ tier: z.object({ type: z.string(), size: z.int() }) })

/** As opencode declares it; hermes-agent and others take less. */
const ModelsDevModel = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  release_date: z.string(),
  attachment: z.boolean(),
  reasoning: z.boolean(),
  temperature: z.boolean().optional(),
  tool_call: z.boolean(),
  modalities: z.object({ input: z.array(z.enum(modalities)), output: z.array(z.enum(modalities)) }),
  limit: z.object({
    context: z.number().nonnegative(),
    input: z.number().nonnegative().optional(),
    output: z.number().nonnegative(),
  }),
  cost: Cost.extend({
    tiers: z.array(Tier).optional(),
    context_over_200k: Cost.optional(),
  }).optional(),
  status: z.enum(stages).optional(),
})

const ModelsDevProvider = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  env: z.array(z.string()),
  npm: z.string().min(1),
  api: z.string().optional(),
  models: z.record(z.string(), ModelsDevModel),
})

export const providersSection = {
  open: '{',
  close: '}',
  schema: ModelsDevProvider,
  entries: ({ providers, models }) => providerEntries(providers, models),
} satisfies Section

export const modelsDev = {
  name: 'models-dev',
  path: '/api.json',
  // Some forks of opencode take OPENCODE_MODELS_URL for the whole address and add the path all the same.
  aliases: ['/api.json/api.json'],
  summary: 'models.dev’s tree of providers and their models',
  sections: [providersSection],
  accept: acceptIf({ minimum: 1 }),
} satisfies Format

/**
 * Retired and disabled models are left out, and so are providers without a model, unless models-dev itself
 * lists them.
 */
function* providerEntries(
  providers: readonly CatalogProvider[],
  models: Iterable<CatalogModel>,
): Generator<(Entry & { key: string }) | undefined> {
  const modelsByProvider = new Map<string, [string, JsonObject][]>()
  for (const model of models) {
    if (model.lifecycle === 'retired' || model.review === 'disabled') continue
    const rendered = modelsByProvider.get(model.provider) ?? []
    rendered.push([model.modelId, renderModel(model)])
    modelsByProvider.set(model.provider, rendered)
    yield undefined
  }
  for (const provider of providers) {
    const own = modelsByProvider.get(provider.id) ?? []
    if (own.length === 0 && provider.extra[source] === undefined) continue
    yield { key: provider.id, value: renderProvider(provider, own), models: own.length }
  }
}

function renderProvider(
  { id, name, env, npm, api, doc, extra }: CatalogProvider,
  models: [string, JsonObject][],
): JsonObject {
  return {
    id,
    env,
    npm: aiSdkPackage({ id, ...(npm === undefined ? {} : { npm }) }),
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
    modalities: statedModalities,
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
      input: knownModalities(fields.inputModalities),
      output: knownModalities(fields.outputModalities),
      ...(isJsonObject(statedModalities) ? statedModalities : {}),
    },
    open_weights: fields.openWeights ?? false,
    limit: renderLimit(model, isJsonObject(limit) ? limit : {}),
    cost: renderCost(model.prices, extra[source] ?? {}),
    experimental: experimental && renderExperimental(experimental, model.prices),
    // What an upstream says, never a mere miss: clients hide what is deprecated.
    status: stages.find((stage) => stage === fields.stage),
  }
  return { ...definedOnly(known), ...rest }
}

/** Clients refuse other words; a model of which nothing else is known takes and gives text. */
function knownModalities(stated: readonly string[] | undefined): string[] {
  const known = modalities.filter((word) => stated?.includes(word))
  return known.length > 0
    ? (stated?.filter((word) => known.some((one) => one === word)) ?? [])
    : ['text']
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
