/** Feeds for people and feed readers: price changes, new models, and models that go. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Reader } from '../../catalog/database.ts'
import type { Audience } from '../../catalog/model-filter.ts'
import { newsKinds, readNews, type NewsItem } from '../../catalog/read-news.ts'
import { readHead } from '../../catalog/versions.ts'
import { registerCatalogRoute } from '../catalog-route.ts'
import { renderAtom, renderJsonFeed, type FeedFacts } from '../feeds/render-feed.ts'
import type { HttpContext } from '../http-context.ts'
import { FeedQuery, JsonFeed } from '../schemas/feeds.ts'
import { NoParams } from '../schemas/models.ts'

const feeds = [
  {
    name: 'feed.atom',
    contentType: 'application/atom+xml; charset=utf-8',
    render: renderAtom,
    shape: z.string(),
  },
  {
    name: 'feed.json',
    contentType: 'application/feed+json; charset=utf-8',
    render: renderJsonFeed,
    shape: JsonFeed,
  },
] as const

export function registerFeeds(app: FastifyInstance, context: HttpContext): void {
  const base = context.config.publicUrl.replace(/\/*$/, '/')
  for (const { name, contentType, render, shape } of feeds)
    registerCatalogRoute(app, context, {
      url: `/${name}`,
      summary: `What is new, as ${name === 'feed.atom' ? 'an Atom feed' : 'a JSON Feed'}`,
      description:
        'Prices that changed, new, deprecated, retired and returned models, newest first. An entry’s id is its place in the change log.',
      tags: ['changes'],
      params: NoParams,
      querystring: FeedQuery,
      response: shape,
      contentType,
      kind: 'list',
      read: async (reader, { query, audience }) =>
        render(await readItems(reader, query, audience), await factsOf(reader, query, name, base)),
    })
}

function readItems(reader: Reader, query: FeedQuery, audience: Audience): Promise<NewsItem[]> {
  const { kind: kinds, provider, limit } = query
  return readNews(reader, { kinds, provider, limit, audience })
}

async function factsOf(
  reader: Reader,
  { provider, kind }: FeedQuery,
  name: string,
  base: string,
): Promise<FeedFacts> {
  const { committedAt } = await readHead(reader)
  const filters = new URLSearchParams()
  if (provider !== undefined) filters.set('provider', provider)
  if (kind.length < newsKinds.length) filters.set('kind', kind.join(','))
  const query = filters.size === 0 ? '' : `?${filters.toString()}`
  return {
    base,
    path: `${name}${query}`,
    title: `Plumbline: ${kind.join(', ')}${provider === undefined ? '' : ` (${provider})`}`,
    updated: committedAt ?? new Date(0),
  }
}
