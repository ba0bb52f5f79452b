/**
 * Fuzzy search over id, name, family and provider. A model is found when every word of the query
 * occurs in it or resembles something in it (pg_trgm, so typos are found). One trigram index over the
 * four together gives the candidates; only they are ranked.
 */
import { Prisma } from './database.ts'

export interface SearchSql {
  condition: Prisma.Sql
  /** Higher is better. */
  rank: Prisma.Sql
}

/** To the letter what the index models_search_idx is over, for a query on `models m`. */
const searchedText = Prisma.raw(
  `lower(m.provider || ' ' || m.model_id || ' ' || m.name || ' ' || coalesce(m.family, ''))`,
)

/** For a query on `models m`. A search without a letter or digit finds nothing. */
export function searchSql(search: string): SearchSql {
  const query = search.trim().toLowerCase()
  const words = query.split(/[\s/]+/).filter((word) => /[\p{L}\p{N}]/u.test(word))
  if (words.length === 0) return { condition: Prisma.sql`FALSE`, rank: Prisma.sql`0::float8` }
  return {
    condition: Prisma.join(words.map(occursOrResembles), ' AND '),
    rank: Prisma.join(
      [sameAs(query), contains(query), ...words.map(rankOfWord), likeness(query)],
      ' + ',
      '(',
      ')',
    ),
  }
}

/** The index knows three characters in a row. Shorter words (o3, r1, 4o) are looked up as words of their own. */
function occursOrResembles(word: string): Prisma.Sql {
  const resembles = Prisma.sql`${searchedText} %> ${word}`
  return /[\p{L}\p{N}]{3}/u.test(word)
    ? Prisma.sql`(${searchedText} LIKE ${containing(word)} OR ${resembles})`
    : resembles
}

function rankOfWord(word: string): Prisma.Sql {
  return Prisma.sql`(${searchedText} LIKE ${containing(word)})::int`
}

/** A gateway has other people's ids as its model ids: the whole id counts more. */
function sameAs(query: string): Prisma.Sql {
  const plain = Prisma.sql`8 * (${query} IN (lower(m.model_id), lower(m.name)))::int`
  if (!query.includes('/')) return plain
  return Prisma.sql`16 * (${query} = lower(m.provider || '/' || m.model_id))::int + ${plain}`
}

/** "gpt5" and "claude sonnet 4" are written in many ways: without what separates they are one word. */
function contains(query: string): Prisma.Sql {
  const separators = ['/', '-', '.', ':', '_', ' ']
  const bare = separators.reduce(
    (text, separator) => `replace(${text}, '${separator}', '')`,
    'lower(m.provider || m.model_id)',
  )
  const pattern = containing(query.replace(/[/\-.:_\s]/g, ''))
  return Prisma.sql`4 * (${Prisma.raw(bare)} LIKE ${pattern})::int`
}

/**
 * Among models with the same words the one that has the least beside them. Where the query stands in the
 * id as it is, their lengths say that, and where it is the provider's, all are alike: counting trigrams
 * costs ten times as much.
 */
function likeness(query: string): Prisma.Sql {
  const pattern = containing(query)
  return Prisma.sql`CASE
    WHEN lower(m.model_id) LIKE ${pattern} THEN length(${query}::text)::float8 / length(m.model_id)
    WHEN lower(m.provider) LIKE ${pattern} THEN 0 ELSE similarity(m.model_id, ${query}) END`
}

function containing(word: string): string {
  return `%${word.replace(/[\\%_]/g, String.raw`\$&`)}%`
}
