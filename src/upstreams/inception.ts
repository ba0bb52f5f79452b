/** Inception: a lab that hosts its own Mercury models; a cache price of "0" means that there is none. */
import { bearerKey } from './bearer-key.ts'
import { hostRowListing, isReady } from './host-row.ts'
import { openaiEntries } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const inception = {
  id: 'inception',
  title: 'Inception',
  docs: 'https://docs.inceptionlabs.ai/get-started/models',
  url: 'https://api.inceptionlabs.ai/v1/models',
  key: bearerKey('INCEPTION_API_KEY', { required: false }),
  adapterVersion: 2,
  schedule: '1h',
  provider: 'inception',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 1,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'inception', isReady),
  listing: ({ raw }) => hostRowListing(raw, { unit: 'usdPerToken' }),
} satisfies Upstream
