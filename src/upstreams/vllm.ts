/**
 * A vLLM server of one's own: the models and LoRA adapters that it has loaded (`parent` is an adapter's
 * base). Nothing has a price there: unknown, not free.
 */
import { bearerKey } from './bearer-key.ts'
import { openaiEntries, openaiListing } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const vllm = {
  id: 'vllm',
  title: 'vLLM',
  docs: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
  url: 'http://localhost:8000/v1/models',
  key: bearerKey('VLLM_API_KEY', { required: false }),
  adapterVersion: 1,
  schedule: '15m',
  provider: 'vllm',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 0,
  maxBytes: 4 * 2 ** 20,
  optIn: true,
  runtime: true,
  verified: false,
  entries: (page) => openaiEntries(page, 'vllm'),
  listing: openaiListing,
} satisfies Upstream
