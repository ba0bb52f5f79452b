/**
 * Atlas Cloud: OpenRouter's form, prices as one object or as a list of tiers, and `discount_to_user`
 * beside them, which lowers what is paid. The answer wraps the list in `{code, msg, data}`.
 */
import { isJsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { discounted } from './discount.ts'
import { hostAuthority } from './host-authority.ts'
import { hostRowListing, isReady } from './host-row.ts'
import { openaiEntries } from './openai-list.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const atlascloud = {
  id: 'atlascloud',
  title: 'Atlas Cloud',
  docs: 'https://www.atlascloud.ai/docs/models/get-start',
  url: 'https://api.atlascloud.ai/v1/models',
  key: bearerKey('ATLASCLOUD_API_KEY', { required: false }),
  adapterVersion: 2,
  schedule: '1h',
  provider: 'atlascloud',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 10,
  maxBytes: 8 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'atlascloud', isReady),
  listing,
} satisfies Upstream

function listing({ raw }: Entry): ListingDraft {
  const draft = hostRowListing(raw, { unit: 'usdPerToken' })
  const share = isJsonObject(raw) ? raw['discount_to_user'] : undefined
  return { ...draft, prices: discounted(draft.prices, share) }
}
