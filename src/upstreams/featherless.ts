/**
 * Featherless: more than 20,000 open models for a flat fee, so without prices: unknown, not free. The
 * list comes in pages of at most 1,000; without `page` the answer is cut off and does not say so. Beyond
 * some 22,000 rows its pages are empty although `total_pages` promises more (seen by others 2026-09), so
 * the list is never complete. It is read only where it is asked for: nobody wants it by accident.
 */
import { z } from 'zod'
import { isJsonObject, type Json } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { numberedPages, type Place } from './numbered-pages.ts'
import { payloadList } from './payload-list.ts'
import { objectUnder } from './raw-object.ts'
import { restOfRow } from './rest-of-row.ts'
import { dayOfUnixSeconds } from './stated-dates.ts'
import type { Entry, FetchPage, ListingDraft, Page, Upstream } from './upstream.ts'

export const featherless = {
  id: 'featherless',
  title: 'Featherless',
  docs: 'https://featherless.ai/docs/api-overview-and-common-options',
  url: 'https://api.featherless.ai/v1/models',
  key: bearerKey('FEATHERLESS_API_KEY', { required: false }),
  adapterVersion: 1,
  schedule: '24h',
  provider: 'featherless-ai',
  rank: 4,
  authoritative: ['contextWindow', 'maxOutputTokens'],
  complete: false,
  minimumEntries: 1000,
  maxBytes: 64 * 2 ** 20,
  optIn: true,
  verified: false,
  pages,
  entries: (page) => openaiEntries(page, 'featherless-ai'),
  listing,
} satisfies Upstream

const perPage = 1000

function pages(url: string, fetchPage: FetchPage): AsyncGenerator<Page> {
  const address = new URL(url)
  address.searchParams.set('per_page', String(perPage))
  return numberedPages(address.href, fetchPage, {
    upstream: 'featherless',
    parameter: 'page',
    idKey: 'id',
    maxPages: 500,
    rows: (page) => payloadList(page, 'data'),
    isLast,
  })
}

/** More rows than asked for: a server that knows no pages has sent everything. */
function isLast(json: Json, { number, rows }: Place): boolean {
  if (rows === 0 || rows > perPage) return true
  const total = isJsonObject(json) ? objectUnder(json, 'pagination')['total_pages'] : undefined
  return typeof total === 'number' ? number >= total : rows < perPage
}

const limit = z.int().nonnegative().nullish()

const FeatherlessEntry = z.object({
  name: z.string().nullish(),
  created: z.number().nullish(),
  context_length: limit,
  max_completion_tokens: limit,
})

function listing({ raw }: Entry): ListingDraft {
  const stated = FeatherlessEntry.parse(raw)
  const read = {
    name: stated.name || undefined,
    context_length: knownLimit(stated.context_length),
    max_completion_tokens: knownLimit(stated.max_completion_tokens),
  }
  return {
    fields: knownFields({
      name: read.name,
      releaseDate: dayOfUnixSeconds(stated.created),
      contextWindow: read.context_length,
      maxOutputTokens: read.max_completion_tokens,
    }),
    prices: { components: [] },
    extra: restOfRow(raw, read, ['id']),
  }
}
