/**
 * Google's Gemini API: limits and a few capabilities. The list still holds models that were shut down,
 * superseded or renamed, and early-access ids, so neither presence nor absence proves much.
 */
import { z } from 'zod'
import { googleEntries, googlePages } from './google-list.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { unreadFields } from './unread-fields.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const google = {
  id: 'google',
  title: 'Google Gemini',
  docs: 'https://ai.google.dev/api/models',
  url: 'https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000',
  key: {
    env: 'GEMINI_API_KEY',
    required: true,
    headers: (key) => ({ 'x-goog-api-key': key }),
  },
  adapterVersion: 2,
  schedule: '1h',
  provider: 'google',
  rank: 4,
  authoritative: 'all',
  complete: false,
  minimumEntries: 5,
  maxBytes: 16 * 2 ** 20,
  verified: false,
  pages: (url, fetchPage) => googlePages('google', url, fetchPage),
  entries: (page) => googleEntries(page, { provider: 'google', key: 'models', path: /^models\// }),
  listing,
} satisfies Upstream

const limit = z.int().nonnegative().nullish()

const GoogleEntry = z.object({
  displayName: z.string().nullish(),
  description: z.string().nullish(),
  inputTokenLimit: limit,
  outputTokenLimit: limit,
  supportedGenerationMethods: z.array(z.string()).nullish(),
  thinking: z.boolean().nullish(),
  maxTemperature: z.unknown().optional(),
})

const takenKeys = ['name', 'displayName', 'description', 'inputTokenLimit', 'thinking']

function listing({ raw }: Entry): ListingDraft {
  const stated = GoogleEntry.parse(raw)
  const inputLimit = knownLimit(stated.inputTokenLimit)
  const type = typeOf(stated.supportedGenerationMethods ?? [])
  // An embedding is no answer of tokens: its limit is stated as 1.
  const outputLimit = type === 'embedding' ? undefined : knownLimit(stated.outputTokenLimit)
  return {
    fields: knownFields({
      name: stated.displayName || undefined,
      description: stated.description || undefined,
      type,
      // Google counts the answer apart; what goes in is what others call the window.
      contextWindow: inputLimit,
      maxInputTokens: inputLimit,
      maxOutputTokens: outputLimit,
      reasoning: stated.thinking,
      temperature:
        stated.maxTemperature === undefined || stated.maxTemperature === null ? undefined : true,
    }),
    prices: { components: [] },
    extra: unreadFields(
      raw,
      outputLimit === undefined ? takenKeys : [...takenKeys, 'outputTokenLimit'],
    ),
  }
}

/** `generateContent` serves models for text, images and speech alike, so it tells nothing. */
function typeOf(methods: string[]): string | undefined {
  if (methods.includes('embedContent')) return 'embedding'
  return methods.includes('predictLongRunning') ? 'video' : undefined
}
