/**
 * Venice: everything of a model is under `model_spec`. The recorded list is of 2025-07; what came later
 * (kinds of input, `betaModel`, `deprecation`) is read as its OpenAPI description and clients have it.
 */
import { z } from 'zod'
import { bearerKey } from './bearer-key.ts'
import { hostAuthority } from './host-authority.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { objectUnder } from './raw-object.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import { dayOfUnixSeconds, deprecationDay } from './stated-dates.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'
import { readVenicePricing } from './venice-pricing.ts'

export const venice = {
  id: 'venice',
  title: 'Venice',
  docs: 'https://docs.venice.ai/api-reference/endpoint/models/list',
  url: 'https://api.venice.ai/api/v1/models?type=text',
  key: bearerKey('VENICE_API_KEY', { required: false }),
  adapterVersion: 2,
  schedule: '1h',
  provider: 'venice',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 5,
  maxBytes: 8 * 2 ** 20,
  verified: true,
  entries: (page) =>
    openaiEntries(page, 'venice', (row) => objectUnder(row, 'model_spec')['offline'] !== true),
  listing,
} satisfies Upstream

const flag = z.boolean().nullish()
const limit = z.int().nonnegative().nullish()

const VeniceCapabilities = z.object({
  optimizedForCode: flag,
  supportsAudioInput: flag,
  supportsFunctionCalling: flag,
  supportsReasoning: flag,
  supportsResponseSchema: flag,
  supportsVideoInput: flag,
  supportsVision: flag,
  supportsWebSearch: flag,
})
type VeniceCapabilities = z.infer<typeof VeniceCapabilities>

const VeniceEntry = z.object({
  type: z.string().nullish(),
  created: z.number().nullish(),
  model_spec: z
    .object({
      name: z.string().nullish(),
      description: z.string().nullish(),
      availableContextTokens: limit,
      maxCompletionTokens: limit,
      beta: flag,
      betaModel: flag,
      deprecation: z.object({ date: z.string().nullish() }).nullish(),
      capabilities: VeniceCapabilities.nullish(),
      pricing: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
})

function listing({ raw }: Entry): ListingDraft {
  const { type, created, model_spec: stated } = VeniceEntry.parse(raw)
  const spec = objectUnder(raw, 'model_spec')
  const { prices, rest } = readVenicePricing(objectUnder(spec, 'pricing'))
  const read = {
    name: stated?.name || undefined,
    description: stated?.description || undefined,
    availableContextTokens: knownLimit(stated?.availableContextTokens),
    maxCompletionTokens: knownLimit(stated?.maxCompletionTokens),
  }
  const capabilities = stated?.capabilities
  return {
    fields: knownFields({
      name: read.name,
      description: read.description,
      // All that the list is asked for.
      type: type === 'text' ? 'chat' : undefined,
      releaseDate: dayOfUnixSeconds(created),
      deprecatedAt: deprecationDay(stated?.deprecation?.date),
      stage: stated?.betaModel === true || stated?.beta === true ? 'beta' : undefined,
      contextWindow: read.availableContextTokens,
      maxOutputTokens: read.maxCompletionTokens,
      inputModalities: capabilities ? inputsOf(capabilities) : undefined,
      audio: capabilities?.supportsAudioInput,
      codeGeneration: capabilities?.optimizedForCode,
      functionCalling: capabilities?.supportsFunctionCalling,
      reasoning: capabilities?.supportsReasoning,
      structuredOutput: capabilities?.supportsResponseSchema,
      vision: capabilities?.supportsVision,
      webSearch: capabilities?.supportsWebSearch,
    }),
    prices,
    extra: {
      ...restOfRow(raw, {}, ['id', 'model_spec']),
      ...restUnder('model_spec', {
        ...restOfRow(spec, read, ['pricing']),
        ...restUnder('pricing', rest),
      }),
    },
  }
}

/** Undefined unless all kinds are answered: the older list knew images alone. */
function inputsOf(capabilities: VeniceCapabilities): string[] | undefined {
  const kinds: [kind: string, isTaken: boolean | null | undefined][] = [
    ['text', true],
    ['image', capabilities.supportsVision],
    ['audio', capabilities.supportsAudioInput],
    ['video', capabilities.supportsVideoInput],
  ]
  if (kinds.some(([, isTaken]) => typeof isTaken !== 'boolean')) return undefined
  return kinds.flatMap(([kind, isTaken]) => (isTaken ? [kind] : []))
}
