/** Lists that come in numbered pages; each says in its own way whether more of them follow. */
import type { Json } from '../json.ts'
import { endlessList } from './cursor-pages.ts'
import { parsePayload } from './payload.ts'
import { statedId } from './payload-list.ts'
import type { FetchPage, Page, ParsedPage } from './upstream.ts'

export interface NumberedList {
  upstream: string
  /** The query parameter that takes the number, from 1. */
  parameter: string
  /** Under which an entry has its id. */
  idKey: string
  /** More than the list has ever had, by far. */
  maxPages: number
  rows: (page: ParsedPage) => readonly Json[]
  /** Whether the list ends with this page. Throws PlumblineError `payload_paging` where it may not. */
  isLast: (json: Json, place: Place) => boolean
}

export interface Place {
  /** Of the page. */
  number: number
  /** On the page. */
  rows: number
  /** On all pages up to this one. */
  seen: number
}

/**
 * All pages of a list. Throws PlumblineError `payload_paging` for a page that begins as the one before it,
 * since the server then knows no pages, and for a list that does not come to an end.
 */
export async function* numberedPages(
  url: string,
  fetchPage: FetchPage,
  { upstream, parameter, idKey, maxPages, ...list }: NumberedList,
): AsyncGenerator<Page> {
  const address = new URL(url)
  let firstIdBefore = ''
  for (let number = 1, seen = 0; number <= maxPages; number++) {
    address.searchParams.set(parameter, String(number))
    const page = await fetchPage(address.href)
    const json = parsePayload(page.body, { upstream })
    const rows = list.rows({ url: page.url, json, upstream })
    const firstId = statedId(rows[0] ?? null, idKey)
    if (firstId !== '' && firstId === firstIdBefore)
      throw endlessList(upstream, `page ${number} is the page before it`)
    yield page
    firstIdBefore = firstId
    seen += rows.length
    if (list.isLast(json, { number, rows: rows.length, seen })) return
  }
  throw endlessList(upstream, `there are more than ${maxPages} pages`)
}
