/** Lists that come in pages, of which each names the next by a cursor to be sent back. */
import { PlumblineError } from '../errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { parsePayload } from './payload.ts'
import type { FetchPage, Page } from './upstream.ts'

export interface Cursor {
  upstream: string
  /** The query parameter that takes the cursor. */
  parameter: string
  /** The cursor of the page after this one; undefined, null or '' = this is the last. */
  next: (page: JsonObject) => Json | undefined
}

/**
 * All pages of a list. Throws PlumblineError `payload_paging` for a cursor that comes again, which would
 * go round for ever, and for one that is no text.
 */
export async function* cursorPages(
  url: string,
  fetchPage: FetchPage,
  { upstream, parameter, next }: Cursor,
): AsyncGenerator<Page> {
  const followed = new Set<string>()
  const address = new URL(url)
  for (;;) {
    const page = await fetchPage(address.href)
    yield page
    const json = parsePayload(page.body, { upstream })
    const cursor = isJsonObject(json) ? next(json) : undefined
    if (cursor === undefined || cursor === null || cursor === '') return
    if (typeof cursor !== 'string') throw endlessList(upstream, `its cursor is no text`)
    if (followed.has(cursor)) throw endlessList(upstream, `the cursor "${cursor}" comes again`)
    followed.add(cursor)
    address.searchParams.set(parameter, cursor)
  }
}

/** For pages that cannot be followed to the end: half a list would look like models that are gone. */
export function endlessList(upstream: string, what: string): PlumblineError {
  return new PlumblineError('payload_paging', `The list of ${upstream} does not end: ${what}.`, {
    retryable: true,
    nextStep: 'The catalog keeps what it had; look at the paging of the answer if it stays so.',
  })
}
