/**
 * Applies a slice that is believed: listings, then the models that follow from them. Runs inside the
 * refresh's transaction, chunk by chunk, so that a provider of any size fits.
 */
import {
  commitModels,
  commitStated,
  countPriceChanges,
  listChanges,
  type ChangedLists,
  type MergePolicy,
} from '../catalog/commit-refresh.ts'
import { writeTogether, type Tx } from '../catalog/database.ts'
import { listingHash } from '../catalog/listing.ts'
import {
  listingRetirement,
  readDueListings,
  readListings,
  readListingsOfModels,
  readMissingListings,
  upsertListings,
  type SliceKey,
  type WriteStamp,
} from '../catalog/listings.ts'
import type { StatedListing } from '../catalog/merge.ts'
import type { ModelChange } from '../catalog/model-changes.ts'
import { decideHold, openHold, readValueHolds, withdrawHolds, type Hold } from '../history/holds.ts'
import type { RunCounts } from '../history/runs.ts'
import type { SliceSurroundings } from '../history/slice-work.ts'
import { canonicalJson } from '../json.ts'
import { releaseValue } from './plausibility.ts'
import { states, type ChunkPlan, type PlannedValueHold, type SlicePlan } from './plan-slice.ts'
import {
  listingsAfter,
  listingStatements,
  sliceWrites,
  type AbsenceMeaning,
  type SliceWrites,
} from './slice-writes.ts'

export interface ApplyInput extends SliceKey, WriteStamp {
  runId: number
  fence: number
  snapshotId: number | null
  policy: MergePolicy
  around: SliceSurroundings
  absence: AbsenceMeaning
}

export interface Applied extends Omit<RunCounts, 'entries' | 'rejected'> {
  lists: ChangedLists
  /** What became of the models, for metrics; the fields of an added model are not repeated. */
  changes: ModelChange[]
}

export async function applySlice(tx: Tx, input: ApplyInput, plan: SlicePlan): Promise<Applied> {
  const applied = nothingApplied()
  applied.unchanged = plan.unchanged
  const openHolds = input.around.valueHolds ? await readValueHolds(tx, input.provider, 'open') : []
  const heldByModel = Map.groupBy(plan.valueHolds, ({ modelId }) => modelId)
  for (let index = 0; index < plan.chunks; index++) {
    const chunk = await plan.chunkPlan(index)
    const writes = sliceWrites(chunk, heldByModel, input.absence)
    const released = await releaseHolds(tx, input, chunk, openHolds)
    const listings = await statedAfter(tx, input, chunk, writes, released)
    const stated = { ...input, listings, writes: listingStatements(input, writes, input) }
    countWrites(applied, chunk, writes)
    addChanges(applied, await commitStated(tx, stated, policyOf(input), input))
  }
  await withdrawStaleHolds(tx, input, openHolds, plan.valueHolds)
  applied.held = await openValueHolds(tx, input, plan.valueHolds)
  await retireDueListings(tx, input, applied)
  return applied
}

/** Where the release of a hold has just written other listings, what is stored is read again. */
async function statedAfter(
  tx: Tx,
  input: ApplyInput,
  { stored }: ChunkPlan,
  writes: SliceWrites,
  released: readonly string[],
): Promise<StatedListing[]> {
  if (released.length === 0) return listingsAfter(stored, input, writes)
  const ids = [...new Set([...stored.map(({ modelId }) => modelId), ...released])]
  const current = await readListingsOfModels(tx, input.provider, ids)
  return listingsAfter(current, input, writes, released)
}

export function nothingApplied(): Applied {
  return {
    lists: { added: [], updated: [], removed: [] },
    added: 0,
    updated: 0,
    removed: 0,
    missing: 0,
    unchanged: 0,
    priceChanges: 0,
    held: 0,
    changes: [],
  }
}

function countWrites(applied: Applied, { diff }: ChunkPlan, writes: SliceWrites): void {
  const { upserted, returned, gone, goneState } = writes
  const changed = upserted.length - diff.added.length
  applied.added += diff.added.length
  applied.updated += changed + returned.length
  applied.unchanged += diff.unchanged + diff.changed.length - changed
  if (goneState === 'retired') applied.removed += gone.length
  else applied.missing += gone.length
}

/** Another upstream's held value that this one now states too is believed. Returns the models' ids. */
async function releaseHolds(
  tx: Tx,
  input: ApplyInput,
  { diff }: ChunkPlan,
  openHolds: readonly Hold[],
): Promise<string[]> {
  const listings = new Map(
    [...diff.added, ...diff.changed].map(({ listing }) => [listing.modelId, listing]),
  )
  const released: string[] = []
  for (const hold of openHolds) {
    const listing = hold.modelId === null ? undefined : listings.get(hold.modelId)
    if (!listing || hold.field === null || hold.upstream === input.upstream) continue
    if (!states({ ...listing, upstream: input.upstream, state: 'present' }, hold.field, hold.to))
      continue
    await applyHeldValue(tx, hold, input)
    await decideHold(tx, hold.id, 'released', {
      actor: input.upstream,
      comment: 'A second upstream states the same value.',
    })
    released.push(listing.modelId)
  }
  return released
}

/** Puts a held value into the listing that it was kept out of. The models must be merged afterwards. */
export async function applyHeldValue(tx: Tx, hold: Hold, stamp: WriteStamp): Promise<void> {
  if (hold.modelId === null || hold.field === null) return
  const [stored] = await readListings(tx, hold, [hold.modelId])
  if (!stored) return
  const {
    upstream: _upstream,
    state: _state,
    hash: _hash,
    ...listing
  } = releaseValue(stored, hold.field, hold.to) as typeof stored
  await upsertListings(tx, hold, [{ listing, hash: listingHash(listing) }], stamp)
}

async function openValueHolds(
  tx: Tx,
  input: ApplyInput,
  held: readonly PlannedValueHold[],
): Promise<number> {
  const toOpen = held.filter(({ rejectedBefore }) => !rejectedBefore)
  for (const hold of toOpen)
    await openHold(tx, { kind: 'value', ...input, ...hold, message: valueMessage(hold) })
  return toOpen.length
}

const valueReasons = {
  price_jump: 'moved by 10× or more',
  price_to_zero: 'became free',
  context_shrink: 'shrank by more than half',
} as const

function valueMessage({ modelId, field, reason, from, to }: PlannedValueHold): string {
  return `${field} of ${modelId} ${valueReasons[reason]}: ${canonicalJson(from)} → ${canonicalJson(to)}.`
}

/** Holds of this slice whose value was not seen again: it went back, changed, or was believed now. */
async function withdrawStaleHolds(
  tx: Tx,
  { upstream }: SliceKey,
  openHolds: readonly Hold[],
  held: readonly PlannedValueHold[],
): Promise<void> {
  const stillHeld = new Set(held.map(({ contentHash }) => contentHash))
  const stale = openHolds.filter(
    (hold) => hold.upstream === upstream && !stillHeld.has(hold.contentHash),
  )
  await withdrawHolds(
    tx,
    stale.map(({ id }) => id),
  )
}

/** Listings that were missing long enough; they are looked for in every refresh of the provider. */
export async function retireDueListings(
  tx: Tx,
  input: ApplyInput,
  applied: Applied,
): Promise<void> {
  if (input.absence === 'ignored' || !input.around.missing) return
  const due =
    input.absence === 'retired'
      ? await readMissingListings(tx, input)
      : (await readDueListings(tx, input.upstream, input.at, input.provider)).map(
          ({ modelId }) => modelId,
        )
  await writeTogether(tx, { retired: listingRetirement(input, due, input) })
  applied.removed += due.length
  addChanges(applied, await commitModels(tx, input.provider, due, policyOf(input), input))
}

function policyOf({ policy, around }: ApplyInput): MergePolicy {
  return { ...policy, mayHaveOverrides: around.overrides, mayHaveModels: around.models }
}

export function addChanges(applied: Applied, changes: readonly ModelChange[]): void {
  const { added, updated, removed } = listChanges(changes)
  applied.lists.added.push(...added)
  applied.lists.updated.push(...updated)
  applied.lists.removed.push(...removed)
  applied.priceChanges += countPriceChanges(changes)
  applied.changes.push(...changes)
}
