/** Ambient: one public list in OpenRouter's form, prices as text, USD per token. */
import { hostAuthority } from './host-authority.ts'
import { hostRowListing, isReady } from './host-row.ts'
import { openaiEntries } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const ambient = {
  id: 'ambient',
  title: 'Ambient',
  docs: 'https://ambient.xyz',
  url: 'https://api.ambient.xyz/v1/models',
  adapterVersion: 2,
  schedule: '1h',
  provider: 'ambient',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 1,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'ambient', isReady),
  listing: ({ raw }) => hostRowListing(raw, { unit: 'usdPerToken' }),
} satisfies Upstream
