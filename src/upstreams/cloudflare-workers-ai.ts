/**
 * Cloudflare Workers AI, in the form that OpenRouter asks of its hosts (`format=openrouter`), with
 * prices as decimal strings, USD per token. The account's id is part of the address. Written from
 * documentation and from what clients read: the list is under `result`, or `data` inside it.
 */
import { isJsonObject, type Json } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { endlessList } from './cursor-pages.ts'
import { hostRowListing, isReady } from './host-row.ts'
import { readOpenrouterRow } from './openrouter-row.ts'
import { parsePayload } from './payload.ts'
import { payloadList, statedId } from './payload-list.ts'
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
  authoritative: 'all',
  complete: true,
  minimumEntries: 10,
  maxBytes: 16 * 2 ** 20,
  optIn: true,
  verified: false,
  pages,
  entries,
  listing,
} satisfies Upstream

const maxPages = 100

async function* pages(url: string, fetchPage: FetchPage): AsyncGenerator<Page> {
  const address = new URL(url)
  address.searchParams.set('format', 'openrouter')
  address.searchParams.set('per_page', '1000')
  for (let number = 1, total = 1; number <= total; number++) {
    address.searchParams.set('page', String(number))
    const page = await fetchPage(address.href)
    yield page
    total = totalPages(parsePayload(page.body, { upstream: cloudflareWorkersAi.id }))
    if (total > maxPages) throw endlessList(cloudflareWorkersAi.id, `it has ${total} pages`)
  }
}

function totalPages(json: Json): number {
  const info = isJsonObject(json) ? json['result_info'] : undefined
  const total = isJsonObject(info) ? info['total_pages'] : undefined
  return typeof total === 'number' ? total : 1
}

function* entries(page: ParsedPage): Generator<Item> {
  const { json } = page
  const result = isJsonObject(json) ? (json['result'] ?? json) : json
  for (const raw of payloadList({ ...page, json: result }, 'data'))
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
