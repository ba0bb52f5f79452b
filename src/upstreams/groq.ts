/** Groq: limits, but no prices. `max_completion_tokens` is what one answer may have. */
import { z } from 'zod'
import { bearerKey } from './bearer-key.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { restOfRow } from './rest-of-row.ts'
import { dayOfUnixSeconds } from './stated-dates.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const groq = {
  id: 'groq',
  title: 'Groq',
  docs: 'https://console.groq.com/docs/api-reference#models-list',
  url: 'https://api.groq.com/openai/v1/models',
  key: bearerKey('GROQ_API_KEY', { required: true }),
  adapterVersion: 2,
  schedule: '1h',
  provider: 'groq',
  rank: 4,
  authoritative: ['contextWindow', 'maxOutputTokens'],
  complete: true,
  minimumEntries: 3,
  maxBytes: 4 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'groq', ({ active }) => active !== false),
  listing,
} satisfies Upstream

const limit = z.int().nonnegative().nullish()

const GroqEntry = z.object({
  created: z.number().nullish(),
  context_window: limit,
  max_completion_tokens: limit,
})

function listing({ raw }: Entry): ListingDraft {
  const stated = GroqEntry.parse(raw)
  const read = {
    context_window: knownLimit(stated.context_window),
    max_completion_tokens: knownLimit(stated.max_completion_tokens),
  }
  return {
    fields: knownFields({
      releaseDate: dayOfUnixSeconds(stated.created),
      contextWindow: read.context_window,
      maxOutputTokens: read.max_completion_tokens,
    }),
    prices: { components: [] },
    extra: restOfRow(raw, read, ['id']),
  }
}
