/**
 * The second half of a refresh's transaction: listings were written, now the models that follow from
 * them, the change log and the price history. The caller ends with `recordVersion`, the transaction's
 * last statement.
 */
import { modelKey, type CatalogModel } from './model.ts'
import { writeTogether, type Statement, type Tx } from './database.ts'
import { diffRecords, flattenModel, isPriceField } from './flat-record.ts'
import { readListingsOfModels } from './listings.ts'
import { mergeModel, type Authority, type StatedListing } from './merge.ts'
import { changeInsert, priceUpdates, type ChangeKind, type ModelChange } from './model-changes.ts'
import {
  modelHash,
  modelUpsert,
  nextChangeUpdate,
  readModelsOf,
  type ModelWrite,
  type StoredModel,
} from './models.ts'
import { nextChangeOn } from './price-dates.ts'
import { readOverrides } from './overrides.ts'

export interface MergePolicy {
  authority: Authority
  autoActivate: boolean
  /** False: the caller knows that the provider has none. */
  mayHaveOverrides?: boolean
  mayHaveModels?: boolean
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
  const listings = await readListingsOfModels(tx, provider, modelIds)
  return commitStated(tx, { provider, listings, writes: {} }, policy, stamp)
}

/** All listings of some models of a provider, as they will be when `writes` has been written. */
export interface StatedModels {
  provider: string
  listings: readonly StatedListing[]
  writes: Readonly<Record<string, Statement>>
}

/** `commitModels` for a caller who has the listings at hand: they are written in the same statement. */
export async function commitStated(
  tx: Tx,
  { provider, listings, writes }: StatedModels,
  policy: MergePolicy,
  stamp: MergeStamp,
): Promise<ModelChange[]> {
  const byModel = Map.groupBy(listings, ({ modelId }) => modelId)
  const merged = await mergeAll(tx, provider, byModel, policy, stamp)
  const changed = merged.filter(({ before, hash }) => before?.hash !== hash)
  const sameButLater = merged.filter(
    ({ before, hash, nextChangeOn: day }) => before?.hash === hash && before.nextChangeOn !== day,
  )
  const changes = changed.map(describeChange)
  await writeTogether(tx, {
    ...writes,
    models: modelUpsert(
      changed.map((model) => toWrite(model, stamp.at)),
      stamp,
    ),
    nextChanges: nextChangeUpdate(
      sameButLater.map(({ after, nextChangeOn: day }) => ({ ...after, nextChangeOn: day })),
    ),
    changes: changeInsert(changes.filter(isLogged), stamp),
    ...priceUpdates(changed, stamp),
  })
  return changes
}

async function mergeAll(
  tx: Tx,
  provider: string,
  listings: ReadonlyMap<string, readonly StatedListing[]>,
  { authority, autoActivate, mayHaveModels, mayHaveOverrides }: MergePolicy,
  { at }: MergeStamp,
): Promise<MergedModel[]> {
  if (listings.size === 0) return []
  const models =
    mayHaveModels === false ? [] : await readModelsOf(tx, provider, [...listings.keys()])
  const storedById = new Map(models.map((model) => [model.modelId, model]))
  const set = mayHaveOverrides === false ? [] : await readOverrides(tx, provider, at)
  const overrides = Map.groupBy(set, ({ modelId }) => modelId)
  const today = at.toISOString().slice(0, 10)
  return [...listings].map(([modelId, stated]) => {
    const before = storedById.get(modelId)
    const after = mergeModel({
      provider,
      modelId,
      listings: stated,
      overrides: overrides.get(modelId) ?? [],
      operator: before,
      authority,
      autoActivate,
      today,
    })
    const day = nextChangeOn([...stated, after], today)
    return { before, after, hash: modelHash(after), nextChangeOn: day }
  })
}

interface MergedModel {
  before: StoredModel | undefined
  after: CatalogModel
  hash: string
  nextChangeOn: string | null
}

function toWrite({ before, after, hash, nextChangeOn: day }: MergedModel, at: Date): ModelWrite {
  const isGone = after.lifecycle === 'missing' || after.lifecycle === 'retired'
  return {
    model: after,
    hash,
    nextChangeOn: day,
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
