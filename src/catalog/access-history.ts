/**
 * Who could see a model when. Review states and tiers are the operators': a change of them takes a
 * model away from some readers and gives it to others, which those readers must be told in their own
 * terms. Present access decides what may be told at all; the past only says what a reader knew.
 */
import { z } from 'zod'
import { Prisma, type Reader } from './database.ts'
import { isOpenTo, type Audience } from './model-filter.ts'
import { modelKey, reviews, tiers, type Review, type Tier } from './model.ts'
import type { ModelKey } from './read-models.ts'

export interface Access {
  review: Review
  tiers: readonly Tier[]
}

const accessFields = ['review', 'tiers'] as const
type AccessField = (typeof accessFields)[number]

/** One access field changed at this version; `from` is what it was before. */
export interface AccessMove {
  version: number
  field: AccessField
  from: unknown
}

/** Access at one version: before its commit, after it, and now. */
export interface AccessAt {
  before: Access
  after: Access
  now: Access
}

export function isAccessField(field: string): boolean {
  return accessFields.some((name) => name === field)
}

/** Goes back from what is now. Moves of other versions may be among them, in any order. */
export function accessAt(now: Access, moves: readonly AccessMove[], version: number): AccessAt {
  const newestFirst = moves.toSorted((a, b) => b.version - a.version)
  const undo = (access: Access, undone: readonly AccessMove[]) => undone.reduce(undoMove, access)
  const after = undo(
    now,
    newestFirst.filter((move) => move.version > version),
  )
  const before = undo(
    after,
    newestFirst.filter((move) => move.version === version),
  )
  return { before, after, now }
}

const ReviewWord = z.enum(reviews)
const TierList = z.array(z.enum(tiers))

/** What is not readable changes nothing: then the present decides. */
function undoMove(access: Access, { field, from }: AccessMove): Access {
  if (field === 'review') return { ...access, review: ReviewWord.catch(access.review).parse(from) }
  return { ...access, tiers: TierList.catch([...access.tiers]).parse(from) }
}

/**
 * How a change shows to an audience: as it is, as a model that is there now (`added`), as one that is
 * not there any more (`withdrawn`: they knew it), or not at all.
 */
export type Telling = 'as_it_is' | 'added' | 'withdrawn' | 'not'

export function tellingOf({ before, after, now }: AccessAt, audience: Audience): Telling {
  const [was, is] = [isOpenTo(before, audience), isOpenTo(after, audience)]
  if (was && !is) return 'withdrawn'
  // What is closed to them today is not told, whatever was open then.
  if (!is || !isOpenTo(now, audience)) return 'not'
  return was ? 'as_it_is' : 'added'
}

/** All access moves of these models, by `provider/model-id`. Models without any are not in the map. */
export async function readAccessMoves(
  reader: Reader,
  keys: readonly ModelKey[],
): Promise<Map<string, AccessMove[]>> {
  if (keys.length === 0) return new Map()
  const rows = await reader.$queryRaw<(ModelKey & AccessMove & { version: bigint })[]>`
    SELECT v.version, c.provider, c.model_id AS "modelId", c.field, c."from"
    FROM ${modelKeys(keys)}
    JOIN model_changes c ON c.provider = key.provider AND c.model_id = key.model_id
    JOIN catalog_versions v ON v.commit_id = c.commit_id
    WHERE c.field = ANY(${[...accessFields]})`
  const moves = rows.map((row) => ({ ...row, version: Number(row.version) }))
  return Map.groupBy(moves, modelKey)
}

/** `unnest(…) AS key (provider, model_id)`. */
export function modelKeys(keys: readonly ModelKey[]): Prisma.Sql {
  const [providers, modelIds] = [keys.map((key) => key.provider), keys.map((key) => key.modelId)]
  return Prisma.sql`unnest(${providers}::text[], ${modelIds}::text[]) AS key (provider, model_id)`
}
