/** Kilo: a gateway whose list copies OpenRouter's, ids and prices included (seen 2025-07). */
import { bearerKey } from './bearer-key.ts'
import { openaiEntries } from './openai-list.ts'
import { readOpenrouterRow } from './openrouter-row.ts'
import type { Upstream } from './upstream.ts'

export const kilo = {
  id: 'kilo',
  title: 'Kilo Gateway',
  docs: 'https://kilo.ai/docs/gateway',
  url: 'https://api.kilo.ai/api/gateway/models',
  key: bearerKey('KILO_API_KEY', { required: false }),
  adapterVersion: 2,
  schedule: '1h',
  provider: 'kilo',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 50,
  maxBytes: 32 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'kilo'),
  listing: ({ raw }) => readOpenrouterRow(raw),
} satisfies Upstream
