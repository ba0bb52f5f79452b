/** Z.AI (Zhipu's GLM models outside China): ids only. */
import { bearerKey } from './bearer-key.ts'
import { openaiEntries, openaiListing } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const zai = {
  id: 'zai',
  title: 'Z.AI',
  docs: 'https://docs.z.ai/api-reference/introduction',
  url: 'https://api.z.ai/api/paas/v4/models',
  key: bearerKey('ZAI_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'zai',
  rank: 4,
  authoritative: ['contextWindow'],
  complete: true,
  minimumEntries: 1,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'zai'),
  listing: openaiListing,
} satisfies Upstream
