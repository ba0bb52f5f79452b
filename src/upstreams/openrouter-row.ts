/**
 * A model as OpenRouter lists it; other gateways copy that shape. Seen from 2025-06 to 2026-08: new
 * fields every few months, and one price that changed its unit (openrouter-pricing.ts). The row that
 * OpenRouter asks of the hosts behind it is another one: host-row.ts.
 */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { knownFields, knownLimit, withoutNulls } from './known-fields.ts'
import { readOpenrouterPricing } from './openrouter-pricing.ts'
import { objectWithout, ownEntries } from './raw-object.ts'
import { dateText, dayOfUnixSeconds, deprecationDay } from './stated-dates.ts'
import type { ListingDraft } from './upstream.ts'

const limit = z.int().nonnegative().nullish()
const words = z.array(z.string()).nullish()

const OpenrouterRow = z.object({
  name: z.string().nullish(),
  description: z.string().nullish(),
  created: z.number().nullish(),
  context_length: limit,
  knowledge_cutoff: z.string().nullish(),
  expiration_date: z.string().nullish(),
  supported_parameters: words,
  architecture: z.object({ input_modalities: words, output_modalities: words }).nullish(),
  top_provider: z.object({ context_length: limit, max_completion_tokens: limit }).nullish(),
  pricing: z.record(z.string(), z.unknown()).nullish(),
})
type OpenrouterRow = z.infer<typeof OpenrouterRow>

/** Throws ZodError or InvalidPrice. Prices are USD per token but for those that count something else. */
export function readOpenrouterRow(raw: Json): ListingDraft {
  const stated = OpenrouterRow.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const fields = readFields(stated)
  const pricing = readOpenrouterPricing(isJsonObject(entry['pricing']) ? entry['pricing'] : {})
  return {
    fields,
    prices: pricing.prices,
    extra: withoutNulls({
      ...readExtra(entry, fields),
      ...(Object.keys(pricing.rest).length > 0 ? { pricing: pricing.rest } : {}),
    }),
  }
}

function readFields(stated: OpenrouterRow): ModelFields {
  const { architecture, top_provider: host, supported_parameters: parameters } = stated
  const input = architecture?.input_modalities?.map(modality)
  const output = architecture?.output_modalities?.map(modality)
  return knownFields({
    name: stated.name || undefined,
    description: stated.description || undefined,
    type: typeOf(output),
    releaseDate: dayOfUnixSeconds(stated.created),
    knowledgeCutoff: dateText(stated.knowledge_cutoff),
    deprecatedAt: deprecationDay(stated.expiration_date),
    contextWindow: knownLimit(host?.context_length) ?? knownLimit(stated.context_length),
    maxOutputTokens: knownLimit(host?.max_completion_tokens),
    inputModalities: input,
    outputModalities: output,
    vision: input?.includes('image'),
    audio: input && output && (input.includes('audio') || output.includes('audio')),
    imageGeneration: output?.includes('image'),
    functionCalling: supports(parameters, ['tools']),
    structuredOutput: supports(parameters, ['structured_outputs']),
    jsonMode: supports(parameters, ['response_format']),
    reasoning: supports(parameters, ['reasoning', 'include_reasoning', 'reasoning_effort']),
    temperature: supports(parameters, ['temperature']),
  })
}

/** "file" is OpenRouter's word for PDF and the like. */
function modality(word: string): string {
  return word === 'file' ? 'pdf' : word
}

function typeOf(output: string[] | undefined): string | undefined {
  if (output?.includes('embeddings')) return 'embedding'
  if (output?.includes('text')) return 'chat'
  return ['image', 'audio', 'video'].find((word) => output?.includes(word))
}

/** Routers and stubs list no parameters at all, which says nothing about any of them. */
function supports(parameters: string[] | null | undefined, names: string[]): boolean | undefined {
  if (!parameters || parameters.length === 0) return undefined
  return names.some((name) => parameters.includes(name))
}

const takenKeys = ['id', 'name', 'description', 'context_length', 'pricing']

/** What the fields cannot say, under OpenRouter's own names. */
function readExtra(entry: JsonObject, fields: ModelFields): JsonObject {
  const extra = objectWithout(entry, takenKeys)
  const { architecture, top_provider: host } = entry
  // `context_length` is the model's, `top_provider.context_length` what is served; the second is the field.
  if (entry['context_length'] !== fields.contextWindow)
    extra['context_length'] = entry['context_length'] ?? null
  if (fields.knowledgeCutoff === entry['knowledge_cutoff']) delete extra['knowledge_cutoff']
  if (fields.deprecatedAt === entry['expiration_date']) delete extra['expiration_date']
  if (isJsonObject(architecture)) extra['architecture'] = restOf(architecture, modalitiesTaken)
  if (isJsonObject(host)) extra['top_provider'] = restOf(host, hostTaken)
  return extra
}

type Taken = (key: string, value: Json) => boolean

const modalitiesTaken: Taken = (key, value) =>
  (key === 'input_modalities' || key === 'output_modalities') &&
  !(Array.isArray(value) && value.includes('file'))

const hostTaken: Taken = (key, value) =>
  (key === 'context_length' || key === 'max_completion_tokens') && value !== 0

function restOf(object: JsonObject, isTaken: Taken): JsonObject | null {
  const rest = withoutNulls(
    Object.fromEntries(ownEntries(object).filter(([key, value]) => !isTaken(key, value))),
  )
  return Object.keys(rest).length > 0 ? rest : null
}
