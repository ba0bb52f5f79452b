/** Meta's Llama API: ids only, in mixed case. */
import { bearerKey } from './bearer-key.ts'
import { openaiEntries, openaiListing } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const llama = {
  id: 'llama',
  title: 'Llama API',
  docs: 'https://llama.developer.meta.com/docs/models',
  url: 'https://api.llama.com/v1/models',
  key: bearerKey('LLAMA_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'llama',
  rank: 4,
  authoritative: [],
  complete: true,
  minimumEntries: 1,
  maxBytes: 4 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'llama'),
  // `created` is 2025-01-01 for every model (seen 2025-07), which released none of them.
  listing: (entry) => ({ ...openaiListing(entry), fields: {} }),
} satisfies Upstream
