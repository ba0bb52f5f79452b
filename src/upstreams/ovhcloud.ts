/** OVHcloud AI Endpoints: the public catalog in OpenRouter's form. Ids are in mixed case. */
import { hostAuthority } from './host-authority.ts'
import { hostRowListing, isReady } from './host-row.ts'
import { openaiEntries } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const ovhcloud = {
  id: 'ovhcloud',
  title: 'OVHcloud AI Endpoints',
  docs: 'https://help.ovhcloud.com/csm/en-public-cloud-ai-endpoints-getting-started',
  url: 'https://catalog.endpoints.ai.ovh.net/rest/v2/openrouter',
  adapterVersion: 2,
  schedule: '1h',
  provider: 'ovhcloud',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 3,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'ovhcloud', isReady),
  listing: ({ raw }) => hostRowListing(raw, { unit: 'usdPerToken' }),
} satisfies Upstream
