/** MiniMax, the international platform: ids only. */
import { bearerKey } from './bearer-key.ts'
import { openaiEntries, openaiListing } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const minimax = {
  id: 'minimax',
  title: 'MiniMax',
  docs: 'https://platform.minimax.io/docs/api-reference/models/openai/list-models',
  url: 'https://api.minimax.io/v1/models',
  key: bearerKey('MINIMAX_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'minimax',
  rank: 4,
  authoritative: ['contextWindow'],
  complete: true,
  minimumEntries: 1,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'minimax'),
  listing: openaiListing,
} satisfies Upstream
