/**
 * Fuzzy search over id, name, family and provider. A model is found when every word of the query
 * occurs in it, or when the query as a whole resembles its id or name (pg_trgm, so typos are found);
 * the candidates of both come from the trigram indexes.
 */
import { Prisma } from './database.ts'

export interface SearchSql {
  condition: Prisma.Sql
  /** Higher is better. */
  rank: Prisma.Sql
}

/** For a query on `models m`. */
export function searchSql(search: string): SearchSql {
  const query = search.trim().toLowerCase()
  const words = query.split(/[\s/]+/).filter((word) => word !== '')
  const allWords = words.length === 0 ? Prisma.sql`FALSE` : Prisma.join(words.map(hasWord), ' AND ')
  return {
    condition: Prisma.sql`((${allWords}) OR m.model_id %> ${query} OR m.name %> ${query})`,
    rank: Prisma.sql`(
      (lower(m.model_id) = ${query} OR lower(m.provider || '/' || m.model_id) = ${query})::int * 4
      + (lower(m.name) = ${query})::int * 2
      + (${allWords})::int
      + greatest(similarity(m.model_id, ${query}), similarity(m.name, ${query}),
          similarity(m.provider || '/' || m.model_id, ${query}), similarity(coalesce(m.family, ''), ${query})))`,
  }
}

function hasWord(word: string): Prisma.Sql {
  const pattern = `%${word.replace(/[\\%_]/g, String.raw`\$&`)}%`
  return Prisma.sql`(m.model_id ILIKE ${pattern} OR m.name ILIKE ${pattern} OR m.family = ${word} OR m.provider = ${word})`
}
