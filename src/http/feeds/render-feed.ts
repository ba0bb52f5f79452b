/** News as Atom (RFC 4287) and as JSON Feed (https://www.jsonfeed.org/version/1/). */
import { Feed, type Item } from 'feed'
import { modelKey } from '../../catalog/model.ts'
import type { NewsItem } from '../../catalog/read-news.ts'
import { escapeMarkup, printable } from './markup.ts'
import { newsLines, newsTitle } from './news-words.ts'

export interface FeedFacts {
  /** Under which the API is reached; ends in a slash. */
  base: string
  /** The feed's own address below it, with its filters, e.g. `feed.atom?provider=openai`. */
  path: string
  title: string
  /** When there is no item. */
  updated: Date
}

/** Its titles are HTML. */
export function renderAtom(items: readonly NewsItem[], facts: FeedFacts): string {
  const feed = openFeed(items, facts, 'atom')
  for (const item of items)
    feed.addItem({ ...entryOf(item, facts), title: escapeMarkup(newsTitle(item)) })
  return feed.atom1()
}

/** Its titles are plain text. */
export function renderJsonFeed(items: readonly NewsItem[], facts: FeedFacts): string {
  const feed = openFeed(items, facts, 'json')
  for (const item of items)
    feed.addItem({ ...entryOf(item, facts), title: printable(newsTitle(item)) })
  return feed.json1()
}

function openFeed(items: readonly NewsItem[], facts: FeedFacts, format: 'atom' | 'json'): Feed {
  const { base, path, title, updated } = facts
  const self = new URL(path, base).href
  return new Feed({
    id: self,
    title: printable(title),
    link: base,
    updated: items[0]?.committedAt ?? updated,
    generator: 'Plumbline',
    author: { name: 'Plumbline' },
    feedLinks: { [format]: self },
  })
}

function entryOf(item: NewsItem, { base }: FeedFacts): Omit<Item, 'title'> {
  const { kind, provider, sequence, committedAt } = item
  const link = new URL(`api/v1/models/${encodeURIComponent(modelKey(item))}`, base).href
  return {
    id: `urn:plumbline:change:${sequence}`,
    link,
    date: committedAt,
    published: committedAt,
    content: contentOf(item),
    // As attributes of XML, in which the library leaves `<` as it is; ids have none as a rule.
    category: [kind, provider].map((word) => {
      const term = encodeURIComponent(word)
      return { name: term, term }
    }),
  }
}

function contentOf(item: NewsItem): string {
  const lines = newsLines(item).map((line) => `<li>${escapeMarkup(line)}</li>`)
  const source = item.upstream === null ? 'set by an operator' : `stated by ${item.upstream}`
  const list = lines.length === 0 ? '' : `<ul>${lines.join('')}</ul>`
  return `<p>${escapeMarkup(newsTitle(item))}</p>${list}<p>${escapeMarkup(`Version ${item.version}, ${source}.`)}</p>`
}
