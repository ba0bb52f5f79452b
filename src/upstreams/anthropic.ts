/**
 * Anthropic's own list, newest first: limits and capabilities since 2026 (in 2025 only names and dates).
 * Prices are on a page for people and in no API.
 */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import type { Json, JsonObject } from '../json.ts'
import { cursorPages } from './cursor-pages.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { dateText } from './stated-dates.ts'
import { unreadFields } from './unread-fields.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const anthropic = {
  id: 'anthropic',
  title: 'Anthropic',
  docs: 'https://platform.claude.com/docs/en/api/models/list',
  url: 'https://api.anthropic.com/v1/models?limit=1000',
  key: {
    env: 'ANTHROPIC_API_KEY',
    required: true,
    headers: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  },
  adapterVersion: 1,
  schedule: '1h',
  provider: 'anthropic',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 3,
  maxBytes: 8 * 2 ** 20,
  verified: true,
  pages: (url, fetchPage) =>
    cursorPages(url, fetchPage, { upstream: 'anthropic', parameter: 'after_id', next: lastId }),
  entries: (page) => openaiEntries(page, 'anthropic'),
  listing,
} satisfies Upstream

/** `last_id` is there on the last page as well; where more is promised without it, nothing can be asked. */
function lastId(page: JsonObject): Json | undefined {
  return page['has_more'] === true ? (page['last_id'] ?? false) : undefined
}

const limit = z.int().nonnegative().nullish()
const support = z.object({ supported: z.boolean().nullish() }).nullish()

const AnthropicEntry = z.object({
  display_name: z.string().nullish(),
  created_at: z.string().nullish(),
  max_input_tokens: limit,
  max_tokens: limit,
  capabilities: z
    .object({
      image_input: support,
      pdf_input: support,
      structured_outputs: support,
      thinking: support,
    })
    .nullish(),
})
type AnthropicEntry = z.infer<typeof AnthropicEntry>

// `capabilities` stays in extra as a whole: what has a field is a small part of it.
const takenKeys = ['id', 'display_name', 'max_input_tokens', 'max_tokens']

function listing({ raw }: Entry): ListingDraft {
  const stated = AnthropicEntry.parse(raw)
  return {
    fields: knownFields({
      name: stated.display_name || undefined,
      releaseDate: dateText(stated.created_at),
      // What may go in is the whole window: the answer is counted into it.
      contextWindow: knownLimit(stated.max_input_tokens),
      maxOutputTokens: knownLimit(stated.max_tokens),
      ...capabilityFields(stated.capabilities ?? {}),
    }),
    prices: { components: [] },
    extra: unreadFields(raw, takenKeys),
  }
}

function capabilityFields({
  image_input: image,
  pdf_input: pdf,
  structured_outputs: structured,
  thinking,
}: NonNullable<AnthropicEntry['capabilities']>): ModelFields {
  const [seesImages, readsPdf] = [image?.supported, pdf?.supported]
  const areInputsStated = typeof seesImages === 'boolean' && typeof readsPdf === 'boolean'
  return knownFields({
    vision: seesImages,
    attachment: areInputsStated ? seesImages || readsPdf : undefined,
    inputModalities: areInputsStated
      ? ['text', ...(seesImages ? ['image'] : []), ...(readsPdf ? ['pdf'] : [])]
      : undefined,
    structuredOutput: structured?.supported,
    reasoning: thinking?.supported,
  })
}
