/**
 * Requesty: asked without a key, since with one the list is what the account may use (5 models of
 * hundreds, seen 2025-07). Ids are `provider/model`, some with a mode behind a colon (`openai/o3:flex`).
 */
import { hostAuthority } from './host-authority.ts'
import { openaiEntries } from './openai-list.ts'
import { readRequestyRow } from './requesty-row.ts'
import type { Item, ParsedPage, Upstream } from './upstream.ts'

export const requesty = {
  id: 'requesty',
  title: 'Requesty',
  docs: 'https://docs.requesty.ai/api-reference/endpoint/models-list',
  url: 'https://router.requesty.ai/v1/models',
  adapterVersion: 2,
  schedule: '1h',
  provider: 'requesty',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 50,
  maxBytes: 32 * 2 ** 20,
  verified: true,
  entries,
  listing: ({ raw }) => readRequestyRow(raw),
} satisfies Upstream

/** `policy/…` are an account's own rules of routing and no models. */
function* entries(page: ParsedPage): Generator<Item> {
  for (const item of openaiEntries(page, 'requesty'))
    if (!item.modelId.startsWith('policy/')) yield item
}
