/**
 * Mistral's own list: what the key's workspace may call. Every alias is a row of its own that differs
 * from its model's only in `id`: `name` is the model's id on all of them, so that a row whose `id` is its
 * `name` is the model. Aliases are served and priced like any id, so they are listed as well; `extra`
 * keeps `aliases`, and `name` where it is another id.
 */
import { z } from 'zod'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { deprecationDay } from './stated-dates.ts'
import { unreadFields } from './unread-fields.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const mistral = {
  id: 'mistral',
  title: 'Mistral',
  docs: 'https://docs.mistral.ai/api/#tag/models',
  url: 'https://api.mistral.ai/v1/models',
  key: bearerKey('MISTRAL_API_KEY', { required: true }),
  adapterVersion: 2,
  schedule: '1h',
  provider: 'mistral',
  rank: 4,
  authoritative: 'all',
  complete: false,
  minimumEntries: 5,
  maxBytes: 8 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'mistral'),
  listing,
} satisfies Upstream

const flag = z.boolean().nullish()

const MistralEntry = z.object({
  max_context_length: z.int().nonnegative().nullish(),
  deprecation: z.string().nullish(),
  deprecation_replacement_model: z.string().nullish(),
  capabilities: z
    .object({
      completion_chat: flag,
      completion_fim: flag,
      function_calling: flag,
      reasoning: flag,
      vision: flag,
      audio: flag,
      ocr: flag,
    })
    .nullish(),
})
type MistralCapabilities = NonNullable<z.infer<typeof MistralEntry>['capabilities']>

/** `description` ("Official … Mistral AI model") would only stand in the way of a real one. */
function listing({ raw }: Entry): ListingDraft {
  const stated = MistralEntry.parse(raw)
  const { capabilities } = stated
  return {
    fields: knownFields({
      type: capabilities ? typeOf(capabilities) : undefined,
      contextWindow: knownLimit(stated.max_context_length),
      functionCalling: capabilities?.function_calling,
      reasoning: capabilities?.reasoning,
      vision: capabilities?.vision,
      audio: capabilities?.audio,
      deprecatedAt: deprecationDay(stated.deprecation),
      replacedBy: stated.deprecation_replacement_model || undefined,
    }),
    prices: { components: [] },
    extra: readExtra(raw),
  }
}

/** Embedding and moderation models have every flag off: nothing tells them apart. */
function typeOf(capabilities: MistralCapabilities): string | undefined {
  if (capabilities.completion_chat) return 'chat'
  if (capabilities.ocr) return 'ocr'
  return capabilities.completion_fim ? 'completion' : undefined
}

/** `created` is the second of the answer, the same for all (seen 2025-07): it says nothing of a model. */
function readExtra(raw: Json): JsonObject {
  const isModel = isJsonObject(raw) && raw['name'] === raw['id']
  return unreadFields(raw, [
    'id',
    'created',
    'max_context_length',
    'deprecation_replacement_model',
    ...(isModel ? ['name'] : []),
  ])
}
