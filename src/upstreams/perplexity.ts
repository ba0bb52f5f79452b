/**
 * Perplexity's list of what its Agent API serves: other labs' models, as `anthropic/claude-opus-5`, which
 * are a provider of their own in the catalog. The Sonar models of its first API, without a prefix, were
 * never listed; should they come, they go where they belong.
 */
import { bearerKey } from './bearer-key.ts'
import { openaiListing } from './openai-list.ts'
import { payloadList, statedId } from './payload-list.ts'
import type { Item, ParsedPage, Upstream } from './upstream.ts'

export const perplexity = {
  id: 'perplexity',
  title: 'Perplexity',
  docs: 'https://docs.perplexity.ai/api-reference/models-get',
  url: 'https://api.perplexity.ai/v1/models',
  key: bearerKey('PERPLEXITY_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'perplexity-agent',
  rank: 4,
  authoritative: ['contextWindow'],
  complete: true,
  minimumEntries: 1,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries,
  listing: openaiListing,
} satisfies Upstream

function* entries(page: ParsedPage): Generator<Item> {
  for (const raw of payloadList(page, 'data')) {
    const modelId = statedId(raw)
    const provider = modelId.includes('/') ? 'perplexity-agent' : 'perplexity'
    yield { kind: 'entry', provider, modelId, raw }
  }
}
