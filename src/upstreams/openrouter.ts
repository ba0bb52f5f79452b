/**
 * OpenRouter: a gateway's own list of what it serves, ids like `anthropic/claude-opus-5`, `…:free` and
 * `~anthropic/claude-opus-latest`. Prices are decimal strings, USD per token (some per request). Seen
 * from 2025-06 to 2026-08: new fields every few months, and one price that changed its unit.
 */
import { PlumblineError } from '../errors.ts'
import { isJsonObject, type Json } from '../json.ts'
import { readOpenrouterBenchmarks } from './openrouter-benchmarks.ts'
import { readOpenrouterRow } from './openrouter-row.ts'
import { parsePayload } from './payload.ts'
import { payloadList, statedId } from './payload-list.ts'
import type {
  BenchmarkDraft,
  Entry,
  FetchPage,
  ListingDraft,
  Page,
  ParsedPage,
  Upstream,
} from './upstream.ts'

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
  pages,
  entries,
  listing,
  benchmarks,
} satisfies Upstream

/**
 * Since 2026-08 the envelope has `links.next`, null so far. A page that is not followed would look like
 * models that are gone, so it is followed, at the price of never asking conditionally; the list hardly
 * ever comes twice with the same bytes (benchmarks move daily). Throws `payload_paging`.
 */
async function* pages(url: string, fetchPage: FetchPage): AsyncGenerator<Page> {
  const asked = new Set<string>()
  for (let next: string | undefined = url; next !== undefined;) {
    if (asked.has(next)) throw pagingError(`${next} comes again as the next page`)
    asked.add(next)
    const page: Page = await fetchPage(next)
    yield page
    next = nextUrl(parsePayload(page.body, { upstream: 'openrouter' }), next)
  }
}

function nextUrl(json: Json, from: string): string | undefined {
  const links = isJsonObject(json) ? json['links'] : undefined
  const next = isJsonObject(links) ? links['next'] : undefined
  if (next === undefined || next === null || next === '') return undefined
  const url = typeof next === 'string' ? URL.parse(next, from) : null
  // The key goes along with the request: a list may not send it elsewhere.
  if (url?.origin !== new URL(from).origin)
    throw pagingError(`the next page ${JSON.stringify(next)} is no address of the same server`)
  return url.href
}

function pagingError(what: string): PlumblineError {
  return new PlumblineError('payload_paging', `The list of openrouter does not end: ${what}.`, {
    retryable: true,
    nextStep: 'The catalog keeps what it had; look at `links.next` of the answer if it stays so.',
  })
}

function* entries(page: ParsedPage): Generator<Entry> {
  for (const raw of payloadList(page, 'data'))
    yield { kind: 'entry', provider: 'openrouter', modelId: statedId(raw), raw }
}

/** Scores are kept by themselves: with the listing they would make a change of every model every day. */
function listing({ raw }: Entry): ListingDraft {
  const draft = readOpenrouterRow(raw)
  const { benchmarks: stated, ...extra } = draft.extra
  const { rest } = readOpenrouterBenchmarks(stated)
  return { ...draft, extra: Object.keys(rest).length > 0 ? { ...extra, benchmarks: rest } : extra }
}

function* benchmarks(page: ParsedPage): Generator<BenchmarkDraft> {
  for (const { raw, provider, modelId } of entries(page))
    if (isJsonObject(raw))
      for (const score of readOpenrouterBenchmarks(raw['benchmarks']).scores)
        yield { provider, modelId, ...score }
}
