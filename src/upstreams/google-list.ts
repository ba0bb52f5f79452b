/** How Google lists models: pages by token, and ids behind the path of their collection. */
import { cursorPages } from './cursor-pages.ts'
import { payloadList, statedId } from './payload-list.ts'
import type { Entry, FetchPage, Page, ParsedPage } from './upstream.ts'

export function googlePages(
  upstream: string,
  url: string,
  fetchPage: FetchPage,
): AsyncGenerator<Page> {
  return cursorPages(url, fetchPage, {
    upstream,
    parameter: 'pageToken',
    next: (page) => page['nextPageToken'],
  })
}

export interface Collection {
  provider: string
  /** Under which the list stands. */
  key: string
  /** What stands before the id in a name. */
  path: RegExp
}

export function* googleEntries(
  page: ParsedPage,
  { provider, key, path }: Collection,
): Generator<Entry> {
  for (const raw of payloadList(page, key))
    yield { kind: 'entry', provider, modelId: statedId(raw, 'name').replace(path, ''), raw }
}
