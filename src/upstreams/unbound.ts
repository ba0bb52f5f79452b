/** Unbound: rows as Requesty's (requesty-row.ts). Written from what clients of it read, 2026. */
import { bearerKey } from './bearer-key.ts'
import { hostAuthority } from './host-authority.ts'
import { openaiEntries } from './openai-list.ts'
import { readRequestyRow } from './requesty-row.ts'
import type { Upstream } from './upstream.ts'

export const unbound = {
  id: 'unbound',
  title: 'Unbound',
  docs: 'https://docs.getunbound.ai',
  url: 'https://api.getunbound.ai/models',
  key: bearerKey('UNBOUND_API_KEY', { required: false }),
  adapterVersion: 2,
  schedule: '1h',
  provider: 'unbound',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 10,
  maxBytes: 16 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'unbound'),
  listing: ({ raw }) => readRequestyRow(raw),
} satisfies Upstream
