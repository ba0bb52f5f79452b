/** Lists that come in pages, of which each links to the next. */
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { endlessList } from './cursor-pages.ts'
import { parsePayload } from './payload.ts'
import { objectUnder } from './raw-object.ts'
import type { FetchPage, Page } from './upstream.ts'

export interface Link {
  upstream: string
  /** The address of the page after this one; undefined, null or '' = this is the last. */
  next: (page: JsonObject) => Json | undefined
}

/** Where OpenRouter's envelope has it. */
export function linksNext(page: JsonObject): Json | undefined {
  return objectUnder(page, 'links')['next']
}

/**
 * All pages of a list. Throws PlumblineError `payload_paging` for a link that comes again and for one
 * to another server: the key goes along with the request.
 */
export async function* linkedPages(
  url: string,
  fetchPage: FetchPage,
  { upstream, next }: Link,
): AsyncGenerator<Page> {
  const asked = new Set<string>()
  for (let address: string | undefined = url; address !== undefined;) {
    if (asked.has(address)) throw endlessList(upstream, `${address} comes again as the next page`)
    asked.add(address)
    const page: Page = await fetchPage(address)
    yield page
    const json = parsePayload(page.body, { upstream })
    const link = isJsonObject(json) ? next(json) : undefined
    address = isNone(link) ? undefined : sameServer(link, address)
    if (address === undefined && !isNone(link))
      throw endlessList(upstream, `the link ${JSON.stringify(link)} leads away from its server`)
  }
}

function isNone(link: Json | undefined): boolean {
  return link === undefined || link === null || link === ''
}

function sameServer(link: Json | undefined, from: string): string | undefined {
  const url = typeof link === 'string' ? URL.parse(link, from) : null
  return url?.origin === new URL(from).origin ? url.href : undefined
}
