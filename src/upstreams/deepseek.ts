/**
 * DeepSeek: ids only. Its prices, which since 2026-08-16 are double at peak hours (01:00–04:00 and
 * 06:00–10:00 UTC on working days), are on its price page and in no API: other upstreams state them.
 */
import { bearerKey } from './bearer-key.ts'
import { openaiEntries, openaiListing } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const deepseek = {
  id: 'deepseek',
  title: 'DeepSeek',
  docs: 'https://api-docs.deepseek.com/api/list-models',
  url: 'https://api.deepseek.com/models',
  key: bearerKey('DEEPSEEK_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'deepseek',
  rank: 4,
  authoritative: ['contextWindow'],
  complete: true,
  minimumEntries: 1,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'deepseek'),
  listing: openaiListing,
} satisfies Upstream
