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

/** For a query on `models m`. A search of slashes and blanks finds nothing. */
export function searchSql(search: string): SearchSql {
  const query = search.trim().toLowerCase()
  const words = query.split(/[\s/]+/).filter((word) => word !== '')
  if (words.length === 0) return { condition: Prisma.sql`FALSE`, rank: Prisma.sql`0::real` }
  return {
    condition: Prisma.join(words.map(occursOrResembles), ' AND '),
    rank: Prisma.join(
      [sameAs(query), contains(query), ...words.map(rankOfWord), likeness(query)],
      ' + ',
    ),
  }
}

function occursOrResembles(word: string): Prisma.Sql {
  return Prisma.sql`(${searchedText} LIKE ${containing(word)} OR ${searchedText} %> ${word})`
}

function rankOfWord(word: string): Prisma.Sql {
  return Prisma.sql`(${searchedText} LIKE ${containing(word)})::int`
}

function sameAs(query: string): Prisma.Sql {
  return Prisma.sql`8 * (${query} IN (lower(m.model_id), lower(m.provider || '/' || m.model_id), lower(m.name)))::int`
}

/** "gpt5" and "claude sonnet 4" are written in many ways: without what separates they are one word. */
function contains(query: string): Prisma.Sql {
  const pattern = containing(query.replace(/[^\p{L}\p{N}]/gu, ''))
  return Prisma.sql`4 * (regexp_replace(lower(m.provider || m.model_id), '[^[:alnum:]]', '', 'g') LIKE ${pattern})::int`
}

function likeness(query: string): Prisma.Sql {
  return Prisma.sql`greatest(similarity(m.model_id, ${query}), similarity(m.name, ${query}),
    similarity(m.provider || '/' || m.model_id, ${query}), similarity(coalesce(m.family, ''), ${query}))`
}

function containing(word: string): string {
  return `%${word.replace(/[\\%_]/g, String.raw`\$&`)}%`
}
