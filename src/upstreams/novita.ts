/** Novita: seen recorded with ids, limits and two prices. */
import { bearerKey } from './bearer-key.ts'
import { hostAuthority } from './host-authority.ts'
import { readNovitaRow } from './novita-row.ts'
import { openaiEntries } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const novita = {
  id: 'novita',
  title: 'Novita AI',
  docs: 'https://novita.ai/docs/api-reference/model-apis-llm-list-models',
  url: 'https://api.novita.ai/v3/openai/models',
  key: bearerKey('NOVITA_API_KEY', { required: false }),
  adapterVersion: 2,
  schedule: '1h',
  provider: 'novita-ai',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 15,
  maxBytes: 8 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'novita-ai'),
  listing: ({ raw }) => readNovitaRow(raw),
} satisfies Upstream
