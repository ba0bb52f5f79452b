/**
 * What OpenRouter repeats of other people's benchmarks (seen since 2026-05): Design Arena's ratings by
 * category and the indices of Artificial Analysis. They move daily, and are no facts of a listing.
 */
import { z } from 'zod'
import { numberText, isJsonObject, type Json, type JsonObject } from '../json.ts'
import { ownEntries } from './raw-object.ts'
import type { BenchmarkDraft } from './upstream.ts'

type Score = Omit<BenchmarkDraft, 'provider' | 'modelId'>

const decimal = z.unknown().transform((value, context) => {
  const text = numberText(value)
  if (text !== undefined) return text
  context.addIssue('is no number')
  return z.NEVER
})

const Arena = z.strictObject({
  arena: z.string().min(1).max(100),
  category: z.string().min(1).max(100),
  elo: decimal,
  win_rate: decimal.optional(),
  rank: z.int().positive().nullish(),
})
const Arenas = z.array(Arena)
const Indices = z.record(z.string().regex(/^\w{1,60}$/), decimal)

/** The scores, and what is left of the field: what is not understood stays with the listing. */
export function readOpenrouterBenchmarks(stated: Json | undefined): {
  scores: Score[]
  rest: JsonObject
} {
  const scores: Score[] = []
  const rest: JsonObject = {}
  for (const [name, value] of isJsonObject(stated) ? ownEntries(stated) : []) {
    const read = name === 'design_arena' ? readArenas(value) : readIndices(name, value)
    if (read) scores.push(...read)
    else rest[name] = value
  }
  return { scores, rest }
}

function readArenas(value: Json): Score[] | undefined {
  const arenas = Arenas.safeParse(value)
  return arenas.data?.flatMap(({ arena, category, elo, win_rate, rank }) => {
    const benchmark = `design_arena/${arena}/${category}`
    const rated: Score = { benchmark, score: elo, unit: 'elo', rank: rank ?? null }
    if (win_rate === undefined) return [rated]
    return [rated, { benchmark: `${benchmark}/win_rate`, score: win_rate, unit: '%', rank: null }]
  })
}

/** One that is not measured is null. */
function readIndices(name: string, value: Json): Score[] | undefined {
  const known = isJsonObject(value) ? ownEntries(value).filter(([, score]) => score !== null) : []
  const indices = isJsonObject(value) ? Indices.safeParse(Object.fromEntries(known)) : undefined
  return (
    indices?.data &&
    Object.entries(indices.data).map(([index, score]): Score => ({
      benchmark: `${name}/${index}`,
      score,
      unit: 'index',
      rank: null,
    }))
  )
}
