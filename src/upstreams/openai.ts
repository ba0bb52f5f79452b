/**
 * OpenAI's own list: what the key's account may call, fine-tuned and internal models among it, and not
 * what OpenAI offers. `created` is the day of the record, mostly a few before the release.
 */
import { bearerKey } from './bearer-key.ts'
import { openaiEntries, openaiListing } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const openai = {
  id: 'openai',
  title: 'OpenAI',
  docs: 'https://platform.openai.com/docs/api-reference/models/list',
  url: 'https://api.openai.com/v1/models',
  key: bearerKey('OPENAI_API_KEY', { required: true }),
  adapterVersion: 2,
  schedule: '1h',
  provider: 'openai',
  rank: 4,
  authoritative: ['contextWindow', 'deprecatedAt'],
  complete: false,
  minimumEntries: 1,
  maxBytes: 4 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'openai'),
  listing: openaiListing,
} satisfies Upstream
