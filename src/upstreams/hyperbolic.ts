/** Hyperbolic: limits and a few flags, no prices. `created` is the time of the answer (seen 2025-07). */
import { z } from 'zod'
import { bearerKey } from './bearer-key.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { restOfRow } from './rest-of-row.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const hyperbolic = {
  id: 'hyperbolic',
  title: 'Hyperbolic',
  docs: 'https://docs.hyperbolic.xyz/docs/rest-api',
  url: 'https://api.hyperbolic.xyz/v1/models',
  key: bearerKey('HYPERBOLIC_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'hyperbolic',
  rank: 4,
  authoritative: ['contextWindow', 'vision'],
  complete: true,
  minimumEntries: 3,
  maxBytes: 4 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'hyperbolic'),
  listing,
} satisfies Upstream

const flag = z.boolean().nullish()

const HyperbolicEntry = z.object({
  context_length: z.int().nonnegative().nullish(),
  supports_image_input: flag,
  supports_tools: flag,
})

function listing({ raw }: Entry): ListingDraft {
  const stated = HyperbolicEntry.parse(raw)
  const read = {
    context_length: knownLimit(stated.context_length),
    supports_image_input: stated.supports_image_input,
    // False was said of all models, also of those that call tools: only the other word says something.
    supports_tools: stated.supports_tools || undefined,
  }
  return {
    fields: knownFields({
      contextWindow: read.context_length,
      vision: read.supports_image_input,
      functionCalling: read.supports_tools,
    }),
    prices: { components: [] },
    extra: restOfRow(raw, read, ['id', 'created']),
  }
}
