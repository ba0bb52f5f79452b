/**
 * OpenRouter: a gateway's own list of what it serves, ids like `anthropic/claude-opus-5`, `…:free` and
 * `~anthropic/claude-opus-latest`. Prices are decimal strings, USD per token (some per request). Seen
 * from 2025-06 to 2026-08: new fields every few months, and one price that changed its unit.
 */
import { isJsonObject } from '../json.ts'
import { linksNext, linkedPages } from './linked-pages.ts'
import { openaiEntries } from './openai-list.ts'
import { readOpenrouterBenchmarks } from './openrouter-benchmarks.ts'
import { readOpenrouterRow } from './openrouter-row.ts'
import type { BenchmarkDraft, Entry, ListingDraft, ParsedPage, Upstream } from './upstream.ts'

export const openrouter = {
  id: 'openrouter',
  title: 'OpenRouter',
  docs: 'https://openrouter.ai/docs/api-reference/list-available-models',
  url: 'https://openrouter.ai/api/v1/models',
  key: {
    env: 'OPENROUTER_API_KEY',
    required: false,
    headers: (key) => ({ authorization: `Bearer ${key}` }),
  },
  adapterVersion: 3,
  schedule: '1h',
  provider: 'openrouter',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 50,
  maxBytes: 32 * 2 ** 20,
  verified: true,
  /**
   * Since 2026-08 the envelope has `links.next`, null so far. A page that is not followed would look like
   * models that are gone, so it is followed, at the price of never asking conditionally; the list hardly
   * ever comes twice with the same bytes (benchmarks move daily).
   */
  pages: (url, fetchPage) =>
    linkedPages(url, fetchPage, { upstream: 'openrouter', next: linksNext }),
  entries: (page) => openaiEntries(page, 'openrouter'),
  listing,
  benchmarks,
} satisfies Upstream

/** Scores are kept by themselves: with the listing they would make a change of every model every day. */
function listing({ raw }: Entry): ListingDraft {
  const draft = readOpenrouterRow(raw)
  const { benchmarks: stated, ...extra } = draft.extra
  const { rest } = readOpenrouterBenchmarks(stated)
  return { ...draft, extra: Object.keys(rest).length > 0 ? { ...extra, benchmarks: rest } : extra }
}

function* benchmarks(page: ParsedPage): Generator<BenchmarkDraft> {
  for (const { raw, provider, modelId } of openaiEntries(page, 'openrouter'))
    if (isJsonObject(raw))
      for (const score of readOpenrouterBenchmarks(raw['benchmarks']).scores)
        yield { provider, modelId, ...score }
}
