/** Nscale's serverless inference: ids and nothing else. */
import { bearerKey } from './bearer-key.ts'
import { openaiEntries, openaiListing } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const nscale = {
  id: 'nscale',
  title: 'Nscale',
  docs: 'https://docs.nscale.com/docs/inference/serverless-models/current',
  url: 'https://inference.api.nscale.com/v1/models',
  key: bearerKey('NSCALE_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '6h',
  provider: 'nscale',
  rank: 4,
  authoritative: [],
  complete: true,
  minimumEntries: 3,
  maxBytes: 4 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'nscale'),
  listing: openaiListing,
} satisfies Upstream
