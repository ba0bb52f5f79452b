/** Meta's Model API (the Muse models; the Llama API is llama.ts): ids only. */
import { bearerKey } from './bearer-key.ts'
import { openaiEntries, openaiListing } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const meta = {
  id: 'meta',
  title: 'Meta Model API',
  docs: 'https://dev.meta.ai/docs',
  url: 'https://api.meta.ai/v1/models',
  key: bearerKey('META_MODEL_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'meta',
  rank: 4,
  authoritative: ['contextWindow'],
  complete: true,
  minimumEntries: 1,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'meta'),
  listing: openaiListing,
} satisfies Upstream
