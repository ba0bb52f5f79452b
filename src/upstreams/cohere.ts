/** Cohere's own list: windows, endpoints and features. Fine-tuned models of the account are in it. */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import { bearerKey } from './bearer-key.ts'
import { cursorPages } from './cursor-pages.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { payloadList, statedId } from './payload-list.ts'
import { unreadFields } from './unread-fields.ts'
import type { Entry, Item, ListingDraft, ParsedPage, Upstream } from './upstream.ts'

export const cohere = {
  id: 'cohere',
  title: 'Cohere',
  docs: 'https://docs.cohere.com/reference/list-models',
  url: 'https://api.cohere.com/v1/models?page_size=1000',
  key: bearerKey('COHERE_API_KEY', { required: true }),
  adapterVersion: 2,
  schedule: '1h',
  provider: 'cohere',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 5,
  maxBytes: 8 * 2 ** 20,
  verified: true,
  pages: (url, fetchPage) =>
    cursorPages(url, fetchPage, {
      upstream: 'cohere',
      parameter: 'page_token',
      next: (page) => page['next_page_token'],
    }),
  entries,
  listing,
} satisfies Upstream

function* entries(page: ParsedPage): Generator<Item> {
  for (const raw of payloadList(page, 'models'))
    yield { kind: 'entry', provider: 'cohere', modelId: statedId(raw, 'name'), raw }
}

const words = z.array(z.string()).nullish()

const CohereEntry = z.object({
  context_length: z.int().nonnegative().nullish(),
  endpoints: words,
  features: words,
  is_deprecated: z.boolean().nullish(),
  supports_vision: z.boolean().nullish(),
})
type CohereEntry = z.infer<typeof CohereEntry>

function listing({ raw }: Entry): ListingDraft {
  const stated = CohereEntry.parse(raw)
  const type = typeOf(stated.endpoints ?? [])
  return {
    fields: knownFields({
      type,
      contextWindow: knownLimit(stated.context_length),
      stage: stated.is_deprecated ? 'deprecated' : undefined,
      ...(type === 'chat' ? chatFields(stated) : {}),
    }),
    prices: { components: [] },
    extra: unreadFields(raw, ['name', 'context_length']),
  }
}

const types: Record<string, string> = {
  chat: 'chat',
  embed: 'embedding',
  embed_image: 'embedding',
  rerank: 'rerank',
  transcribe: 'transcription',
  generate: 'completion',
  classify: 'classification',
}

/** Chat models are also listed with the older endpoints, and text embeddings with `classify`. */
function typeOf(endpoints: string[]): string | undefined {
  const endpoint = Object.keys(types).find((name) => endpoints.includes(name))
  return endpoint === undefined ? undefined : types[endpoint]
}

/** Only of chat models: `supports_vision` is false for embeddings that take images (seen 2025-07). */
function chatFields({ features, supports_vision: vision }: CohereEntry): ModelFields {
  const has = (feature: string) => features?.includes(feature)
  return knownFields({
    vision,
    functionCalling: has('tools'),
    jsonMode: has('json_mode'),
    structuredOutput: has('json_schema'),
    // The word is younger than the list: without it nothing is said.
    reasoning: has('reasoning') || undefined,
  })
}
