/**
 * models.dev: a tree of providers and their models, made by hand and by scripts in a public repository.
 * Its provider ids are the canonical ones. Seen from 2025-07 to 2026-09; the order of its keys changes
 * from build to build, and fields are added every few months.
 */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import {
  readAmount,
  sortComponents,
  type Meter,
  type PriceComponent,
  type PriceSheet,
} from '../catalog/price.ts'
import { PlumblineError } from '../errors.ts'
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../json.ts'
import { objectWithout, ownEntries } from './raw-object.ts'
import type { Entry, Item, ListingDraft, ParsedPage, ProviderRecord, Upstream } from './upstream.ts'

const ModelsDevEntry = z.object({
  name: z.string().min(1).optional(),
  description: z.string().min(1).optional(),
  family: z.string().min(1).optional(),
  attachment: z.boolean().optional(),
  reasoning: z.boolean().optional(),
  temperature: z.boolean().optional(),
  tool_call: z.boolean().optional(),
  structured_output: z.boolean().optional(),
  open_weights: z.boolean().optional(),
  knowledge: z.string().min(1).optional(),
  release_date: z.string().min(1).optional(),
  last_updated: z.string().min(1).optional(),
  status: z.string().min(1).optional(),
  canonical_model_id: z.string().min(1).optional(),
  modalities: z
    .object({ input: z.array(z.string()).optional(), output: z.array(z.string()).optional() })
    .optional(),
  limit: z
    .object({
      context: z.int().nonnegative().optional(),
      input: z.int().nonnegative().optional(),
      output: z.int().nonnegative().optional(),
    })
    .optional(),
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
  if (
    !isJsonObject(json) ||
    !Object.values(json).some((value) => isJsonObject(value) && 'models' in value)
  )
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

const providerKeys = ['id', 'name', 'env', 'npm', 'api', 'doc', 'models']

function providerRecord(provider: string, raw: JsonObject): ProviderRecord {
  const text = (key: string) => (typeof raw[key] === 'string' ? { [key]: raw[key] } : {})
  const env = raw['env']
  const isList = Array.isArray(env) && env.every((name) => typeof name === 'string')
  const facts = {
    ...text('name'),
    ...text('npm'),
    ...text('api'),
    ...text('doc'),
    ...(isList ? { env } : {}),
  }
  // The id is the key; where it says something else, that is kept.
  const extra = {
    ...objectWithout(raw, providerKeys),
    ...(raw['id'] === provider ? {} : { id: raw['id'] ?? null }),
  }
  return {
    kind: 'provider',
    provider,
    facts: { ...facts, ...(Object.keys(extra).length > 0 ? { extra } : {}) },
  }
}

function listing({ raw, modelId }: Entry): ListingDraft {
  const stated = ModelsDevEntry.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const cost = readCost(entry['cost'], entry['experimental'])
  return {
    fields: readFields(stated),
    prices: cost.prices,
    extra: readExtra(entry, modelId, stated, cost.extra),
  }
}

function readFields(stated: ModelsDevEntry): ModelFields {
  const { input, output } = stated.modalities ?? {}
  return withoutUnknown({
    name: stated.name,
    description: stated.description,
    family: stated.family,
    baseModel: stated.canonical_model_id,
    releaseDate: stated.release_date,
    lastUpdated: stated.last_updated,
    knowledgeCutoff: stated.knowledge,
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

/** 0 stands for "not known" in about 2 % of the models (seen 2026-07). */
function knownLimit(limit: number | undefined): number | undefined {
  return limit === 0 ? undefined : limit
}

function withoutUnknown(fields: Record<string, ModelFields[keyof ModelFields]>): ModelFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

const readKeys = [...Object.keys(ModelsDevEntry.shape), 'id', 'cost']

/** What the fields cannot say, under the upstream's own names. */
function readExtra(
  entry: JsonObject,
  modelId: string,
  stated: ModelsDevEntry,
  cost: JsonObject,
): JsonObject {
  const extra: JsonObject = objectWithout(entry, readKeys)
  if (entry['id'] !== modelId) extra['id'] = entry['id'] ?? null
  const { limit, modalities } = entry
  if (isJsonObject(limit)) {
    const rest = Object.fromEntries(
      ownEntries(limit).filter(([key, value]) => !limitKeys.includes(key) || value === 0),
    )
    if (
      stated.limit === undefined ||
      Object.keys(rest).length > 0 ||
      Object.keys(limit).length === 0
    )
      extra['limit'] = rest
  }
  if (isJsonObject(modalities)) {
    const rest = objectWithout(modalities, ['input', 'output'])
    if (Object.keys(rest).length > 0) extra['modalities'] = rest
  }
  return { ...extra, ...cost }
}

const limitKeys = ['context', 'input', 'output']

/** cost key → meter; amounts are USD per million tokens. */
export const costMeters = {
  input: 'input',
  output: 'output',
  reasoning: 'reasoning',
  cache_read: 'cache_read',
  cache_write: 'cache_write',
  input_audio: 'input_audio',
  output_audio: 'output_audio',
} as const satisfies Record<string, Meter>

const longContext = 200_000

/**
 * `extra.cost_forms` tells how tiers were written, `extra.cost` keeps what has no component. Long-context
 * prices come as `tiers` (since 2026-05), as `context_over_200k`, or as both saying the same.
 */
function readCost(
  cost: Json | undefined,
  experimental: Json | undefined,
): { prices: PriceSheet; extra: JsonObject } {
  if (cost === undefined) return { prices: { components: readModes(experimental) }, extra: {} }
  if (!isJsonObject(cost))
    throw new z.ZodError([
      { code: 'custom', path: ['cost'], message: 'is not an object', input: cost },
    ])
  const base = readAmounts(cost, {})
  const tiers = Array.isArray(cost['tiers']) ? readTiers(cost['tiers']) : undefined
  const long = cost['context_over_200k']
  const repeats =
    isJsonObject(long) &&
    tiers?.some(({ size, amounts }) => size === longContext && sameAmounts(amounts, long))
  const only =
    isJsonObject(long) && cost['tiers'] === undefined
      ? readAmounts(long, { minTokens: longContext })
      : undefined
  const forms = [
    ...(tiers ? ['tiers'] : []),
    ...(repeats || only?.rest ? ['context_over_200k'] : []),
  ]
  const rest = objectWithout(base.rest, ['tiers', 'context_over_200k'])
  if (cost['tiers'] !== undefined && !tiers) rest['tiers'] = cost['tiers']
  if (long !== undefined && !repeats && !isWholly(only)) rest['context_over_200k'] = long
  const isDynamic = [base, only].some((read) => read?.isDynamic)
  const components = [
    ...base.components,
    ...(tiers ?? []).flatMap((tier) => tier.components),
    ...(isWholly(only) ? only.components : []),
    ...readModes(experimental),
  ]
  return {
    prices: { ...(isDynamic ? { dynamic: true } : {}), components: sortComponents(components) },
    extra: {
      ...(Object.keys(rest).length > 0 || components.length === 0 ? { cost: rest } : {}),
      ...(forms.length > 0 ? { cost_forms: forms } : {}),
    },
  }
}

interface ReadAmounts {
  components: PriceComponent[]
  rest: JsonObject
  isDynamic: boolean
}

function isWholly(read: ReadAmounts | undefined): read is ReadAmounts {
  return read !== undefined && Object.keys(read.rest).length === 0
}

function readAmounts(cost: JsonObject, circumstances: Partial<PriceComponent>): ReadAmounts {
  const read: ReadAmounts = { components: [], rest: {}, isDynamic: false }
  for (const [key, value] of ownEntries(cost)) {
    const meter = isCostKey(key) ? costMeters[key] : undefined
    const amount = meter && readAmount(value, 'usdPerMillionTokens')
    if (amount === 'dynamic') read.isDynamic = true
    if (meter === undefined || amount === undefined || amount === 'dynamic') read.rest[key] = value
    else read.components.push({ meter, amount, ...circumstances })
  }
  return read
}

function isCostKey(key: string): key is keyof typeof costMeters {
  return Object.hasOwn(costMeters, key)
}

interface CostTier {
  size: number
  components: PriceComponent[]
  amounts: JsonObject
}

/** Undefined when one of them is not a context tier that components can say. */
function readTiers(tiers: Json[]): CostTier[] | undefined {
  const read: CostTier[] = []
  for (const stated of tiers) {
    if (!isJsonObject(stated) || !isJsonObject(stated['tier'])) return undefined
    const { type, size, ...more } = stated['tier']
    if (type !== 'context' || typeof size !== 'number' || Object.keys(more).length > 0)
      return undefined
    const amounts = objectWithout(stated, ['tier'])
    const { components, rest } = readAmounts(amounts, { minTokens: size })
    if (Object.keys(rest).length > 0 || read.some((tier) => tier.size >= size)) return undefined
    read.push({ size, components, amounts })
  }
  return read.length > 0 ? read : undefined
}

function sameAmounts(a: JsonObject, b: JsonObject): boolean {
  return canonicalJson(a) === canonicalJson(b)
}

/** `experimental.modes.<mode>.cost`; the whole of `experimental` is in extra as well. */
function readModes(experimental: Json | undefined): PriceComponent[] {
  const modes = isJsonObject(experimental) ? experimental['modes'] : undefined
  if (!isJsonObject(modes)) return []
  return ownEntries(modes).flatMap(([mode, stated]) => {
    const cost = isJsonObject(stated) ? stated['cost'] : undefined
    return isJsonObject(cost) ? readAmounts(cost, { mode }).components : []
  })
}
