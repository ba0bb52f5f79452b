/** AI21 Labs' own list of its Jamba models: windows, output limits, the month of the last update. */
import { z } from 'zod'
import { bearerKey } from './bearer-key.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { dateText } from './stated-dates.ts'
import { unreadFields } from './unread-fields.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const ai21 = {
  id: 'ai21',
  title: 'AI21 Labs',
  docs: 'https://docs.ai21.com/reference/models',
  url: 'https://api.ai21.com/studio/v1/models',
  key: bearerKey('AI21_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'ai21',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 1,
  maxBytes: 4 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'ai21'),
  listing,
} satisfies Upstream

const limit = z.int().nonnegative().nullish()

const Ai21Entry = z.object({
  name: z.string().nullish(),
  context_length: limit,
  max_completion_tokens: limit,
  updated: z.string().nullish(),
})

function listing({ raw }: Entry): ListingDraft {
  const stated = Ai21Entry.parse(raw)
  const lastUpdated = dateText(stated.updated)
  return {
    fields: knownFields({
      name: stated.name || undefined,
      lastUpdated,
      contextWindow: knownLimit(stated.context_length),
      maxOutputTokens: knownLimit(stated.max_completion_tokens),
    }),
    prices: { components: [] },
    extra: unreadFields(raw, [
      'id',
      'name',
      'context_length',
      'max_completion_tokens',
      ...(lastUpdated === stated.updated ? ['updated'] : []),
    ]),
  }
}
