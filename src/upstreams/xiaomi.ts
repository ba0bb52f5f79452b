/** Xiaomi's MiMo models: ids only. */
import { bearerKey } from './bearer-key.ts'
import { openaiEntries, openaiListing } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const xiaomi = {
  id: 'xiaomi',
  title: 'Xiaomi MiMo',
  docs: 'https://platform.xiaomimimo.com',
  url: 'https://api.xiaomimimo.com/v1/models',
  key: bearerKey('XIAOMI_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'xiaomi',
  rank: 4,
  authoritative: ['contextWindow'],
  complete: true,
  minimumEntries: 1,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'xiaomi'),
  listing: openaiListing,
} satisfies Upstream
