/**
 * The second half of a refresh's transaction: listings were written, now the models that follow from
 * them, the change log and the price history. The caller ends with `recordVersion`, the transaction's
 * last statement.
 */
import { modelKey, type CatalogModel } from './model.ts'
import type { Tx } from './database.ts'
import { diffRecords, flattenModel, isPriceField } from './flat-record.ts'
import { readListingsOfModels } from './listings.ts'
import { mergeModel, type Authority, type StatedListing } from './merge.ts'
import {
  appendModelChanges,
  recordPrices,
  type ChangeKind,
  type ModelChange,
} from './model-changes.ts'
import {
  modelHash,
  readModelsOf,
  upsertModels,
  type ModelWrite,
  type StoredModel,
} from './models.ts'
import { readOverrides } from './overrides.ts'

export interface MergePolicy {
  authority: Authority
  autoActivate: boolean
  /** False: the caller knows that the provider has none. */
  mayHaveOverrides?: boolean
}

export interface MergeStamp {
  commitId: number
  /** When the snapshot was fetched: from then on prices are valid. */
  at: Date
}

/** Merges these models anew and writes what is different. The provider's row must be locked. */
export async function commitModels(
  tx: Tx,
  provider: string,
  modelIds: readonly string[],
  policy: MergePolicy,
  stamp: MergeStamp,
): Promise<ModelChange[]> {
  if (modelIds.length === 0) return []
  const listings = Map.groupBy(
    await readListingsOfModels(tx, provider, modelIds),
    ({ modelId }) => modelId,
  )
  const stored = new Map(
    (await readModelsOf(tx, provider, modelIds)).map((model) => [model.modelId, model]),
  )
  const set = policy.mayHaveOverrides === false ? [] : await readOverrides(tx, provider, stamp.at)
  const overrides = Map.groupBy(set, ({ modelId }) => modelId)
  const today = stamp.at.toISOString().slice(0, 10)
  const merged = [...listings].map(([modelId, stated]) => {
    const before = stored.get(modelId)
    const after = mergeModel({
      provider,
      modelId,
      listings: stated,
      overrides: overrides.get(modelId) ?? [],
      operator: before,
      authority: policy.authority,
      autoActivate: policy.autoActivate,
      today,
    })
    return { before, after, hash: modelHash(after), listings: stated }
  })
  const changed = merged.filter(({ before, hash }) => before?.hash !== hash)
  await upsertModels(
    tx,
    changed.map((model) => toWrite(model, stamp.at)),
    stamp,
  )
  const changes = changed.map(describeChange)
  await appendModelChanges(tx, changes.filter(isLogged), stamp)
  await recordPrices(tx, changed, stamp)
  return changes
}

interface MergedModel {
  before: StoredModel | undefined
  after: CatalogModel
  hash: string
  listings: StatedListing[]
}

function toWrite({ before, after, hash }: MergedModel, at: Date): ModelWrite {
  const isGone = after.lifecycle === 'missing' || after.lifecycle === 'retired'
  return {
    model: after,
    hash,
    missingSince: isGone ? (before?.missingSince ?? at) : null,
    retiredAt: after.lifecycle === 'retired' ? (before?.retiredAt ?? at) : null,
  }
}

function describeChange({ before, after }: MergedModel): ModelChange {
  const { provider, modelId } = after
  const kind = changeKind(before, after)
  const changes =
    before && kind !== 'added' ? diffRecords(flattenModel(before), flattenModel(after)) : []
  return { provider, modelId, kind, changes }
}

function changeKind(before: CatalogModel | undefined, after: CatalogModel): ChangeKind {
  const [from, to] = [before?.lifecycle ?? 'retired', after.lifecycle]
  if (from === to) return before ? 'updated' : 'added'
  if (from === 'retired') return 'added'
  if (to === 'retired') return 'retired'
  if (to === 'missing') return 'missing'
  return from === 'missing' ? 'returned' : 'updated'
}

// Where only the sources of the values moved, readers are told but no field has changed.
function isLogged({ kind, changes }: ModelChange): boolean {
  return kind === 'added' || changes.length > 0
}

export interface ChangedLists {
  added: string[]
  updated: { id: string; fields: string[] }[]
  removed: string[]
}

/** For the event: retired models are removed; missing ones are served on, so they are updated. */
export function listChanges(changes: readonly ModelChange[]): ChangedLists {
  const lists: ChangedLists = { added: [], updated: [], removed: [] }
  for (const change of changes) {
    const id = modelKey(change)
    if (change.kind === 'added') lists.added.push(id)
    else if (change.kind === 'retired') lists.removed.push(id)
    else lists.updated.push({ id, fields: changedFields(change) })
  }
  return lists
}

function changedFields({ changes }: ModelChange): string[] {
  return changes.length > 0 ? changes.map(({ field }) => field) : ['provenance']
}

export function countPriceChanges(changes: readonly ModelChange[]): number {
  return changes.flatMap((change) => change.changes).filter(({ field }) => isPriceField(field))
    .length
}
