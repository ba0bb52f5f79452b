/** What a feed can be asked for. */
import { z } from 'zod'
import { newsKinds } from '../../catalog/read-news.ts'
import { someOf, Whole, word } from './model-query.ts'

export const FeedQuery = z.strictObject({
  provider: word.optional().describe('Id of a provider.'),
  kind: someOf(newsKinds)
    .default([...newsKinds])
    .describe('Comma list.'),
  limit: Whole(1, 200).default(50).describe('Newest so many.'),
})
export type FeedQuery = z.output<typeof FeedQuery>
