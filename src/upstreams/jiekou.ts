/**
 * Jiekou (接口AI), a router: rows as Novita's (novita-row.ts), in USD as well (its pages, seen 2026). Written
 * from what clients of it read; some of them ask without a key.
 */
import { bearerKey } from './bearer-key.ts'
import { hostAuthority } from './host-authority.ts'
import { readNovitaRow } from './novita-row.ts'
import { openaiEntries } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const jiekou = {
  id: 'jiekou',
  title: 'Jiekou.AI',
  docs: 'https://docs.jiekou.ai/docs/support/quickstart',
  url: 'https://api.jiekou.ai/openai/v1/models',
  key: bearerKey('JIEKOU_API_KEY', { required: false }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'jiekou',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 15,
  maxBytes: 8 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'jiekou'),
  listing: ({ raw }) => readNovitaRow(raw),
} satisfies Upstream
