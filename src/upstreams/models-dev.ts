/**
 * models.dev: a tree of providers and their models, made by hand and by scripts in a public repository.
 * Its provider ids are the canonical ones. Seen from 2025-07 to 2026-09; the order of its keys changes
 * from build to build, and fields are added every few months. Prices: models-dev-cost.ts; the way back:
 * http/formats/models-dev.ts.
 */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import { PlumblineError } from '../errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { readCost } from './models-dev-cost.ts'
import { objectWithout, ownEntries } from './raw-object.ts'
import { dateText } from './stated-dates.ts'
import { RejectedEntry } from './upstream.ts'
import type { Entry, Item, ListingDraft, ParsedPage, ProviderRecord, Upstream } from './upstream.ts'

const Text = z.string().min(1).optional()
const Flag = z.boolean().optional()
const Limit = z.int().nonnegative().optional()
const Words = z.array(z.string()).optional()

const ModelsDevEntry = z.object({
  name: Text,
  description: Text,
  family: Text,
  attachment: Flag,
  reasoning: Flag,
  temperature: Flag,
  tool_call: Flag,
  structured_output: Flag,
  open_weights: Flag,
  knowledge: Text,
  release_date: Text,
  last_updated: Text,
  status: Text,
  canonical_model_id: Text,
  modalities: z.object({ input: Words, output: Words }).optional(),
  limit: z.object({ context: Limit, input: Limit, output: Limit }).optional(),
  cost: z.custom<JsonObject>(isJsonObject, 'is not an object').optional(),
})
type ModelsDevEntry = z.infer<typeof ModelsDevEntry>

export const modelsDev = {
  id: 'models-dev',
  title: 'models.dev',
  docs: 'https://github.com/anomalyco/models.dev',
  url: 'https://models.dev/api.json',
  adapterVersion: 1,
  schedule: '1h',
  rank: 1,
  authoritative: 'all',
  complete: true,
  minimumEntries: 50,
  maxBytes: 64 * 2 ** 20,
  verified: true,
  entries,
  listing,
} satisfies Upstream

function* entries({ json }: ParsedPage): Generator<Item> {
  if (!isJsonObject(json) || !Object.values(json).some(hasModels))
    throw new PlumblineError(
      'payload_shape',
      'models-dev did not answer with an object of providers.',
      {
        retryable: true,
        nextStep:
          'Look at the address: https://models.dev/api.json gives {provider: {models: {…}}}.',
      },
    )
  for (const [provider, raw] of ownEntries(json)) {
    if (!isJsonObject(raw)) {
      yield { kind: 'entry', provider, modelId: '', raw }
      continue
    }
    yield providerRecord(provider, raw)
    const models = raw['models']
    if (isJsonObject(models))
      for (const [modelId, model] of ownEntries(models))
        yield { kind: 'entry', provider, modelId, raw: model }
  }
}

function hasModels(provider: Json): boolean {
  return isJsonObject(provider) && Object.hasOwn(provider, 'models')
}

const factKeys = ['name', 'npm', 'api', 'doc'] as const

/** Facts of another type than expected are kept as they are, in `extra`: no model depends on them. */
function providerRecord(provider: string, raw: JsonObject): ProviderRecord {
  const texts = Object.fromEntries(
    factKeys.flatMap((key) => (typeof raw[key] === 'string' ? [[key, raw[key]]] : [])),
  )
  const env = Words.safeParse(raw['env']).data
  const facts = { ...texts, ...(env === undefined ? {} : { env }) }
  const isSameId = raw['id'] === provider
  const extra = objectWithout(raw, ['models', ...Object.keys(facts), ...(isSameId ? ['id'] : [])])
  return {
    kind: 'provider',
    provider,
    facts: { ...facts, ...(Object.keys(extra).length > 0 ? { extra } : {}) },
  }
}

function listing({ raw, modelId }: Entry): ListingDraft {
  const stated = ModelsDevEntry.parse(raw)
  if (!isJsonObject(raw)) throw new RejectedEntry('not_an_object', 'The entry is not an object.')
  const cost = readCost(stated.cost, raw['experimental'])
  return {
    fields: readFields(stated),
    prices: cost.prices,
    extra: { ...readExtra(raw, modelId), ...cost.extra },
  }
}

/** `vision`, `audio` and `imageGeneration` follow from the modalities; the way back does not use them. */
function readFields(stated: ModelsDevEntry): ModelFields {
  const { input, output } = stated.modalities ?? {}
  return knownFields({
    name: stated.name,
    description: stated.description,
    family: stated.family,
    baseModel: stated.canonical_model_id,
    releaseDate: dateText(stated.release_date),
    lastUpdated: dateText(stated.last_updated),
    knowledgeCutoff: dateText(stated.knowledge),
    openWeights: stated.open_weights,
    contextWindow: knownLimit(stated.limit?.context),
    maxInputTokens: knownLimit(stated.limit?.input),
    maxOutputTokens: knownLimit(stated.limit?.output),
    inputModalities: input,
    outputModalities: output,
    vision: input?.includes('image'),
    audio: input && output && (input.includes('audio') || output.includes('audio')),
    imageGeneration: output?.includes('image'),
    functionCalling: stated.tool_call,
    structuredOutput: stated.structured_output,
    reasoning: stated.reasoning,
    attachment: stated.attachment,
    temperature: stated.temperature,
    stage: stated.status,
  })
}

const fieldKeys = [...Object.keys(ModelsDevEntry.shape), 'id']
const dateKeys = ['release_date', 'last_updated', 'knowledge']
const limitKeys = new Set(['context', 'input', 'output'])

/**
 * What the fields do not say, under the upstream's own names: a limit of 0 (about 2 % of the models,
 * seen 2026-07) is unknown to the fields and kept here, as is a date that is none and an id that is not
 * the entry's key.
 */
function readExtra(raw: JsonObject, modelId: string): JsonObject {
  const extra = objectWithout(raw, fieldKeys)
  if (Object.hasOwn(raw, 'id') && raw['id'] !== modelId) extra['id'] = raw['id'] ?? null
  for (const key of dateKeys) {
    const date = raw[key]
    if (typeof date === 'string' && dateText(date) !== date) extra[key] = date
  }
  const { limit, modalities } = raw
  if (isJsonObject(limit)) {
    const unread = ownEntries(limit).filter(([key, value]) => !limitKeys.has(key) || value === 0)
    if (unread.length > 0) extra['limit'] = Object.fromEntries(unread)
  }
  if (isJsonObject(modalities)) {
    const unread = objectWithout(modalities, ['input', 'output'])
    if (Object.keys(unread).length > 0) extra['modalities'] = unread
  }
  return extra
}
