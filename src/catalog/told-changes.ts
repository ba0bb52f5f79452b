/** Changes as an audience is told of them: in terms of what is there for it. */
import { accessAt, readAccessMoves, tellingOf, type Access } from './access-history.ts'
import type { Reader } from './database.ts'
import type { ChangeKind } from './model-changes.ts'
import type { Audience } from './model-filter.ts'
import { modelKey } from './model.ts'
import type { FieldChange } from './flat-record.ts'
import type { ModelKey } from './read-models.ts'

/** `withdrawn`: it is not there any more for those who are told, being disabled or of another tier. */
export type ToldKind = ChangeKind | 'withdrawn'

/** What one commit did to one model. */
export interface CatalogChange extends ModelKey {
  version: number
  committedAt: Date
  /** Null: an operator did it. */
  upstream: string | null
  runId: number | null
  kind: ToldKind
  /** Empty for a model that was added or withdrawn. */
  changes: FieldChange[]
}

export interface ChangeOfModel {
  change: CatalogChange
  /** Of the model, today. */
  now: Access
  /** The change itself is of review or tiers. */
  movesAccess: boolean
}

export async function tellTo(
  reader: Reader,
  audience: Audience,
  changes: readonly ChangeOfModel[],
): Promise<CatalogChange[]> {
  const moved = changes.filter(({ movesAccess }) => movesAccess).map(({ change }) => change)
  const moves = await readAccessMoves(reader, moved)
  return changes.flatMap(({ change, now, movesAccess }) => {
    const own = movesAccess ? moves.get(modelKey(change)) : undefined
    const telling = tellingOf(accessAt(now, own ?? [], change.version), audience)
    if (telling === 'not') return []
    return [telling === 'as_it_is' ? change : { ...change, kind: telling, changes: [] }]
  })
}
