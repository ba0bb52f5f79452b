/**
 * NVIDIA NIM: what its hosted API serves, ids only, some of them twice. `created` is the same day of 1993
 * for all. Prices are not stated anywhere.
 */
import { bearerKey } from './bearer-key.ts'
import { openaiEntries, openaiListing } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const nvidia = {
  id: 'nvidia',
  title: 'NVIDIA NIM',
  docs: 'https://docs.api.nvidia.com/nim/reference/llm-apis',
  url: 'https://integrate.api.nvidia.com/v1/models',
  key: bearerKey('NVIDIA_API_KEY', { required: false }),
  adapterVersion: 1,
  schedule: '6h',
  provider: 'nvidia',
  rank: 4,
  authoritative: [],
  complete: true,
  minimumEntries: 40,
  maxBytes: 8 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'nvidia'),
  listing: openaiListing,
} satisfies Upstream
