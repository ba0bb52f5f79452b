/**
 * Cloudflare Workers AI, in the form that OpenRouter asks of its hosts (`format=openrouter`), with
 * prices as decimal strings, USD per token. The account's id is part of the address. Written from
 * documentation and from what clients read: the list is under `result`, or `data` inside it.
 */
import { isJsonObject, type Json } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { endlessList } from './cursor-pages.ts'
import { hostAuthority } from './host-authority.ts'
import { hostRowListing, isReady } from './host-row.ts'
import { readOpenrouterRow } from './openrouter-row.ts'
import { numberedPages, type Place } from './numbered-pages.ts'
import { payloadList, statedId } from './payload-list.ts'
import { objectUnder } from './raw-object.ts'
import type {
  Entry,
  FetchPage,
  Item,
  ListingDraft,
  Page,
  ParsedPage,
  Upstream,
} from './upstream.ts'

export const cloudflareWorkersAi = {
  id: 'cloudflare-workers-ai',
  title: 'Cloudflare Workers AI',
  docs: 'https://developers.cloudflare.com/api/resources/ai/subresources/models/methods/list/',
  url: 'https://api.cloudflare.com/client/v4/accounts/ACCOUNT_ID/ai/models/search',
  key: bearerKey('CLOUDFLARE_API_TOKEN', { required: true }),
  adapterVersion: 2,
  schedule: '24h',
  provider: 'cloudflare-workers-ai',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 10,
  maxBytes: 16 * 2 ** 20,
  optIn: true,
  verified: false,
  pages,
  entries,
  listing,
} satisfies Upstream

const perPage = 1000

function pages(url: string, fetchPage: FetchPage): AsyncGenerator<Page> {
  const address = new URL(url)
  address.searchParams.set('format', 'openrouter')
  address.searchParams.set('per_page', String(perPage))
  return numberedPages(address.href, fetchPage, {
    upstream: cloudflareWorkersAi.id,
    parameter: 'page',
    idKey: 'id',
    maxPages: 100,
    rows: rowsOf,
    isLast,
  })
}

/** Half a list would look like models that are gone. */
function isLast(json: Json, place: Place): boolean {
  const isWhole = place.seen >= statedRows(json, place)
  if (place.rows === 0 && !isWhole)
    throw endlessList(
      cloudflareWorkersAi.id,
      `page ${place.number} is empty, and more are promised`,
    )
  return isWhole
}

/** How many rows there are, as far as the answer says; more than seen = a further page is there. */
function statedRows(json: Json, { number, rows, seen }: Place): number {
  const { total_pages: pages, total_count: count } = objectUnder(json, 'result_info')
  if (typeof pages === 'number') return number < pages ? seen + 1 : seen
  if (typeof count === 'number') return count
  return rows < perPage ? seen : seen + 1
}

function rowsOf(page: ParsedPage): Json[] {
  const result = isJsonObject(page.json) ? (page.json['result'] ?? page.json) : page.json
  return payloadList({ ...page, json: result }, 'data')
}

function* entries(page: ParsedPage): Generator<Item> {
  for (const raw of rowsOf(page))
    if (!isJsonObject(raw) || isReady(raw))
      yield {
        kind: 'entry',
        provider: 'cloudflare-workers-ai',
        // What AI Gateway puts before the id; Workers AI itself is called without it.
        modelId: statedId(raw).replace(/^workers-ai\//, ''),
        raw,
      }
}

function listing({ raw, modelId }: Entry): ListingDraft {
  const isOpenrouters = isJsonObject(raw) && 'architecture' in raw
  const draft = isOpenrouters
    ? readOpenrouterRow(raw)
    : hostRowListing(raw, { unit: 'usdPerToken' })
  const id = statedId(raw)
  return id === modelId ? draft : { ...draft, extra: { ...draft.extra, id } }
}
