/**
 * Entries of a list that is too long to be in memory: they are read again, from their packed page, when
 * their content is needed. One page at a time is unpacked, so they should be asked for page by page.
 */
import { parsePayload } from '../upstreams/payload.ts'
import type { Entry, Item, Page, Upstream } from '../upstreams/upstream.ts'
import type { ReadAgain } from './slice-collector.ts'

export class PackedEntries {
  readonly #upstream: Pick<Upstream, 'id' | 'entries'>
  #unpacked: { page: Page; items: Item[] } | undefined
  #entries = 0

  constructor(upstream: Pick<Upstream, 'id' | 'entries'>) {
    this.#upstream = upstream
  }

  /** Of the item number `index` of the page; items must be given in their order. */
  again(page: Page, index: number): ReadAgain {
    return { place: this.#entries++, read: () => this.#read(page, index) }
  }

  #read(page: Page, index: number): Entry {
    const item = this.#unpack(page)[index]
    if (item?.kind !== 'entry') throw new Error(`Item ${index} of ${page.url} is no entry.`)
    return item
  }

  #unpack(page: Page): Item[] {
    if (this.#unpacked?.page === page) return this.#unpacked.items
    const { id: upstream, entries } = this.#upstream
    const json = parsePayload(page.body, { upstream })
    const items = [...entries({ url: page.url, json, upstream })]
    this.#unpacked = { page, items }
    return items
  }
}
