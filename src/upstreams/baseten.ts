/** Baseten's Model APIs. Prices are USD per token, as text or as numbers. */
import { hostAuthority } from './host-authority.ts'
import { hostRowListing, isReady } from './host-row.ts'
import { openaiEntries } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const baseten = {
  id: 'baseten',
  title: 'Baseten',
  docs: 'https://docs.baseten.co/inference/model-apis/overview',
  url: 'https://inference.baseten.co/v1/models',
  key: {
    env: 'BASETEN_API_KEY',
    required: true,
    headers: (key) => ({ authorization: `Api-Key ${key}` }),
  },
  adapterVersion: 2,
  schedule: '1h',
  provider: 'baseten',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 3,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'baseten', isReady),
  listing: ({ raw }) => hostRowListing(raw, { unit: 'usdPerToken' }),
} satisfies Upstream
