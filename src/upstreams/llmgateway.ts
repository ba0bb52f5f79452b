/**
 * LLM Gateway: rows as OpenRouter's, with `structured_outputs` and the hosts of each model beside them.
 * Its `family` is the lab and stays in `extra`. Written from documentation.
 */
import { isJsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { openaiEntries } from './openai-list.ts'
import { readOpenrouterRow } from './openrouter-row.ts'
import { objectWithout } from './raw-object.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const llmgateway = {
  id: 'llmgateway',
  title: 'LLM Gateway',
  docs: 'https://docs.llmgateway.io/v1_models',
  url: 'https://api.llmgateway.io/v1/models',
  key: bearerKey('LLMGATEWAY_API_KEY', { required: false }),
  adapterVersion: 2,
  schedule: '1h',
  provider: 'llmgateway',
  rank: 4,
  // Its `supported_parameters` leave out tools of models that have them (reported in 2026-06), so in what
  // a model can do others are believed more.
  authoritative: [
    'prices',
    'name',
    'description',
    'contextWindow',
    'inputModalities',
    'outputModalities',
    'structuredOutput',
  ],
  complete: true,
  minimumEntries: 20,
  maxBytes: 32 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'llmgateway'),
  listing,
} satisfies Upstream

function listing({ raw }: Entry): ListingDraft {
  const draft = readOpenrouterRow(raw)
  const flag = isJsonObject(raw) ? raw['structured_outputs'] : undefined
  if (typeof flag !== 'boolean') return draft
  return {
    ...draft,
    fields: { ...draft.fields, structuredOutput: flag },
    extra: objectWithout(draft.extra, ['structured_outputs']),
  }
}
