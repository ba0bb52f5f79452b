/** What a feed can be asked for. */
import { z } from 'zod'
import { newsKinds } from '../../catalog/read-news.ts'
import { someOf, Whole, word } from './model-query.ts'

export const FeedQuery = z.strictObject({
  provider: word.optional().meta({ description: 'Id of a provider.', samples: ['openai'] }),
  kind: someOf(newsKinds)
    .default([...newsKinds])
    .describe('Comma list.'),
  limit: Whole(1, 200).default(50).describe('Newest so many.'),
})
export type FeedQuery = z.output<typeof FeedQuery>

/** https://www.jsonfeed.org/version/1/, as far as we write it. */
export const JsonFeed = z
  .looseObject({
    version: z.string(),
    title: z.string(),
    home_page_url: z.string(),
    feed_url: z.string(),
    items: z.array(
      z.looseObject({
        id: z.string().describe('Its place in the change log.'),
        url: z.string(),
        title: z.string(),
        content_html: z.string(),
        date_published: z.iso.datetime(),
        tags: z.array(z.string()).describe('What happened, and to whose model.'),
      }),
    ),
  })
  .meta({ id: 'JsonFeed' })
