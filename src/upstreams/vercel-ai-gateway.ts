/**
 * Vercel's AI Gateway. `created` is when the list was made (all models had the same, seen 2025-07), so it
 * is dropped; the model's own date is `released`. `tags` came later and say what a model can do.
 */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import { isJsonObject } from '../json.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields, verbatim } from './modality-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import { dateText, dayOfUnixSeconds } from './stated-dates.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'
import { readVercelPricing } from './vercel-pricing.ts'

export const vercelAiGateway = {
  id: 'vercel-ai-gateway',
  title: 'Vercel AI Gateway',
  docs: 'https://vercel.com/docs/ai-gateway/models-and-providers',
  url: 'https://ai-gateway.vercel.sh/v1/models',
  adapterVersion: 1,
  schedule: '1h',
  provider: 'vercel',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 30,
  maxBytes: 32 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'vercel'),
  listing,
} satisfies Upstream

const limit = z.int().nonnegative().nullish()
const words = z.array(z.string()).nullish()

const VercelRow = z.object({
  name: z.string().nullish(),
  description: z.string().nullish(),
  released: z.number().nullish(),
  knowledge: z.string().nullish(),
  type: z.string().nullish(),
  tags: words,
  temperature: z.boolean().nullish(),
  context_window: limit,
  max_tokens: limit,
  modalities: z.object({ input: words, output: words }).nullish(),
})
type VercelRow = z.infer<typeof VercelRow>

function listing({ raw }: Entry): ListingDraft {
  const row = VercelRow.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const { fields, read } = readFields(row)
  const { pricing } = entry
  const { prices, rest } = readVercelPricing(isJsonObject(pricing) ? pricing : {})
  return {
    fields,
    prices,
    extra: {
      ...restOfRow(entry, read, ['id', 'created', ...(isJsonObject(pricing) ? ['pricing'] : [])]),
      ...restUnder('pricing', rest),
    },
  }
}

function readFields(row: VercelRow): { fields: ModelFields; read: Record<string, unknown> } {
  const { input, output } = row.modalities ?? {}
  const byModality = modalityFields(input, output)
  const isVerbatim =
    verbatim(input, byModality.inputModalities) && verbatim(output, byModality.outputModalities)
  const knowledge = dateText(row.knowledge)
  const read = {
    name: row.name || undefined,
    description: row.description || undefined,
    knowledge: knowledge === row.knowledge ? knowledge : undefined,
    temperature: row.temperature,
    context_window: knownLimit(row.context_window),
    max_tokens: knownLimit(row.max_tokens),
    modalities: isVerbatim ? row.modalities : undefined,
    tags: row.tags,
  }
  const fields = knownFields({
    ...byModality,
    ...fieldsOfTags(row.tags ?? []),
    ...(row.type ? { type: types.get(row.type) ?? row.type } : {}),
    name: read.name,
    description: read.description,
    releaseDate: dayOfUnixSeconds(row.released),
    knowledgeCutoff: knowledge,
    temperature: row.temperature,
    contextWindow: read.context_window,
    maxOutputTokens: read.max_tokens,
    tags: row.tags,
  })
  return { fields, read }
}

const types = new Map([
  ['language', 'chat'],
  ['reranking', 'rerank'],
])

/** A list of tags denies what is not in it; an empty one says nothing. */
function fieldsOfTags(tags: readonly string[]): ModelFields {
  if (tags.length === 0) return {}
  return knownFields({
    vision: tags.includes('vision'),
    reasoning: tags.includes('reasoning'),
    functionCalling: tags.includes('tool-use'),
    attachment: tags.includes('file-input') || undefined,
    promptCaching: tags.includes('implicit-caching') || undefined,
    imageGeneration: tags.includes('image-generation') || undefined,
    webSearch: tags.includes('web-search') || undefined,
  })
}
