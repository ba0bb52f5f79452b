/** Synthetic: USD per token, written with a dollar sign ("$0.00000055"). Ids begin with `hf:`. */
import { bearerKey } from './bearer-key.ts'
import { hostAuthority } from './host-authority.ts'
import { hostRowListing, isReady } from './host-row.ts'
import { openaiEntries } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const synthetic = {
  id: 'synthetic',
  title: 'Synthetic',
  docs: 'https://dev.synthetic.new/docs/openai/models',
  url: 'https://api.synthetic.new/openai/v1/models',
  key: bearerKey('SYNTHETIC_API_KEY', { required: false }),
  adapterVersion: 2,
  schedule: '1h',
  provider: 'synthetic',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 3,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'synthetic', isReady),
  listing: ({ raw }) => hostRowListing(raw, { unit: 'usdPerToken', dollarSign: true }),
} satisfies Upstream
