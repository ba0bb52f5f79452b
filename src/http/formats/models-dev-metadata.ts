/**
 * What models.dev knows of models apart from who serves them (`/models.json`), and both in one
 * (`/catalog.json`). A model is here under the base model that upstreams state, and what a lab serves of
 * its own under `lab/id`, which is how models.dev names it (188 of its 231 on 2026-07-02); all others are
 * only in the tree. Facts come from the lab's own listing where there is one, else from the first.
 */
import { z } from 'zod'
import { baseModelOf } from '../../catalog/base-model.ts'
import { isMaker } from '../../catalog/makers.ts'
import type { StoredModel } from '../../catalog/models.ts'
import { type Json, type JsonObject } from '../../json.ts'
import { acceptIf, type Entry, type Format, type FormatSource, type Section } from './format.ts'
import { providersSection } from './models-dev.ts'
import { definedOnly } from './model-facts.ts'

const ModelMetadata = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  limit: z.object({ context: z.number().nonnegative() }).optional(),
})

const metadataSection = {
  open: '{',
  close: '}',
  schema: ModelMetadata,
  entries: metadataEntries,
} satisfies Section

export const modelsDevModels = {
  name: 'models-dev-models',
  path: '/models.json',
  summary: 'models.dev’s facts of models, apart from who serves them',
  sections: [metadataSection],
  accept: acceptIf({ minimum: 0 }),
} satisfies Format

export const modelsDevCatalog = {
  name: 'models-dev-catalog',
  path: '/catalog.json',
  summary: 'models.dev’s facts and its tree in one',
  sections: [
    { ...metadataSection, open: '{"models":{' },
    { ...providersSection, open: ',"providers":{', close: '}}' },
  ],
  accept: acceptIf({ minimum: 1 }),
} satisfies Format

function* metadataEntries({ models }: FormatSource): Generator<Entry | undefined> {
  const byBaseModel = Map.groupBy(models, metadataId)
  yield undefined
  for (const [key, same] of byBaseModel) {
    const [first] = same
    if (key === undefined || !first) continue
    const lab = key.split('/')[0]
    yield {
      key,
      value: renderMetadata(key, same.find(({ provider }) => provider === lab) ?? first),
    }
  }
}

function metadataId({ provider, modelId, fields }: StoredModel): string | undefined {
  if (fields.baseModel !== undefined) return fields.baseModel
  if (!isMaker(provider) || modelId.includes('/')) return undefined
  const { base } = baseModelOf({ provider, modelId })
  return base.startsWith(`${provider}/`) ? `${provider}/${modelId}` : undefined
}

const statedNames = ['license', 'links', 'weights', 'benchmarks'] as const

function renderMetadata(id: string, { fields, modelId, extra }: StoredModel): JsonObject {
  const stated = extra['models-dev'] ?? {}
  const context = fields.contextWindow
  return definedOnly<Json>({
    id,
    name: fields.name ?? modelId,
    description: fields.description,
    family: fields.family,
    attachment: fields.attachment,
    reasoning: fields.reasoning,
    tool_call: fields.functionCalling,
    structured_output: fields.structuredOutput,
    temperature: fields.temperature,
    knowledge: fields.knowledgeCutoff,
    release_date: fields.releaseDate,
    last_updated: fields.lastUpdated,
    modalities: renderModalities(fields),
    open_weights: fields.openWeights,
    limit:
      context === undefined
        ? undefined
        : definedOnly<Json>({
            context,
            input: fields.maxInputTokens,
            output: fields.maxOutputTokens,
          }),
    ...Object.fromEntries(
      statedNames.flatMap((name) => (stated[name] === undefined ? [] : [[name, stated[name]]])),
    ),
  })
}

function renderModalities({
  inputModalities: input,
  outputModalities: output,
}: StoredModel['fields']): JsonObject | undefined {
  return input && output ? { input, output } : undefined
}

/** `https://models.dev/model-schema.json#/$defs/Model` is what configuration files point at. */
export const modelsDevSchema = {
  name: 'models-dev-schema',
  path: '/model-schema.json',
  summary: 'JSON Schema of the ids of models, for the editors of configuration files',
  sections: [
    {
      open: `{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://models.dev/model-schema.json","$defs":{"Model":{"type":"string","description":"AI model identifier in provider/model format","enum":[`,
      close: ']}}}',
      schema: z.string().regex(/^[^/]+\/./),
      *entries({ models }: FormatSource) {
        for (const { provider, modelId } of models) yield { value: `${provider}/${modelId}` }
      },
    },
  ],
  accept: acceptIf({ minimum: 1 }),
} satisfies Format
