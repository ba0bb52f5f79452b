/**
 * Featherless: more than 20,000 open models for a flat fee, so without prices: unknown, not free. The
 * list comes in pages of at most 1,000; without `page` the answer is cut off and does not say so. Beyond
 * some 22,000 rows its pages are empty although `total_pages` promises more (seen by others 2026-09), so
 * the list is never complete. It is read only where it is asked for: nobody wants it by accident.
 */
import { z } from 'zod'
import { isJsonObject, type Json } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { endlessList } from './cursor-pages.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { parsePayload } from './payload.ts'
import { payloadList, statedId } from './payload-list.ts'
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
const maxPages = 500

/** Throws `payload_paging` where a page is the one before it, or where they do not come to an end. */
async function* pages(url: string, fetchPage: FetchPage): AsyncGenerator<Page> {
  const address = new URL(url)
  address.searchParams.set('per_page', String(perPage))
  let firstIdBefore = ''
  for (let number = 1; number <= maxPages; number++) {
    address.searchParams.set('page', String(number))
    const page = await fetchPage(address.href)
    const json = parsePayload(page.body, { upstream: 'featherless' })
    const rows = payloadList({ url: page.url, json, upstream: 'featherless' }, 'data')
    const firstId = statedId(rows[0] ?? null)
    if (firstId !== '' && firstId === firstIdBefore)
      throw endlessList('featherless', `page ${number} is the page before it`)
    yield page
    // More rows than asked for: a server that knows no pages has sent everything.
    if (rows.length === 0 || rows.length > perPage || isLast(json, number, rows.length)) return
    firstIdBefore = firstId
  }
  throw endlessList('featherless', `there are more than ${maxPages} pages`)
}

function isLast(json: Json, number: number, rows: number): boolean {
  const pagination = isJsonObject(json) ? json['pagination'] : undefined
  const total = isJsonObject(pagination) ? pagination['total_pages'] : undefined
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
