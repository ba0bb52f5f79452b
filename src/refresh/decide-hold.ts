/** An operator's word on a hold. What was held is applied from the archive, not fetched again. */
import { inTransaction, readDatabaseClock, type Tx } from '../catalog/database.ts'
import { commitModels } from '../catalog/commit-refresh.ts'
import { lockSlice, recordRejectedSlice } from '../catalog/slices.ts'
import { recordVersion } from '../catalog/versions.ts'
import { PlumblineError } from '../errors.ts'
import { recordAudit } from '../history/audit.ts'
import { approveAppliedHold, decideHold, readHold, type Hold } from '../history/holds.ts'
import { type Outcome } from '../history/runs.ts'
import { openApprovalRun, openSliceRuns } from '../history/open-runs.ts'
import { addChanges, applyHeldValue, nothingApplied } from './apply-slice.ts'
import { closeCollect } from './close-collect.ts'
import type { RefreshContext } from './refresh-context.ts'
import { refreshProvider } from './refresh-provider.ts'

export interface Decision {
  actor: string
  comment?: string
}

/**
 * Throws `not_found`, `invalid_argument` (decided before) or `superseded` (newer content was applied
 * since). Returns the outcome of applying it.
 */
export async function approveHold(
  context: RefreshContext,
  id: number,
  decision: Decision,
): Promise<Outcome> {
  const hold = await readOpenHold(context, id)
  return hold.kind === 'slice'
    ? approveSlice(context, hold, decision)
    : approveValue(context, hold, decision)
}

/** The same content is not held again; what is stored stays. */
export async function rejectHold(
  context: RefreshContext,
  id: number,
  decision: Decision,
): Promise<void> {
  const hold = await readOpenHold(context, id)
  await inTransaction(context.db, async (tx) => {
    await decideHold(tx, id, 'rejected', decision)
    if (hold.kind === 'slice') await recordRejectedSlice(tx, hold, hold.contentHash)
    await audit(tx, decision, 'hold.reject', hold)
  })
}

async function readOpenHold({ db }: RefreshContext, id: number): Promise<Hold> {
  const hold = await readHold(db, id)
  if (hold.status === 'open') return hold
  const by = hold.supersededBy === null ? '' : ` by hold ${hold.supersededBy}`
  throw new PlumblineError('invalid_argument', `Hold ${id} is ${hold.status} already${by}.`, {
    nextStep: 'plumbline holds list',
  })
}

async function approveSlice(
  context: RefreshContext,
  hold: Hold,
  decision: Decision,
): Promise<Outcome> {
  const { upstream, provider, snapshotId, fence } = hold
  const run = await openApprovalRun(context.db, {
    upstream,
    actor: decision.actor,
    fence,
    snapshotId,
    provider,
  })
  await openSliceRuns(context.db, [{ parentId: run.id, provider, fence, snapshotId }])
  const outcome = await refreshProvider(context, {
    runId: run.id,
    upstream,
    provider,
    snapshotId,
    fence,
  })
  if (outcome !== 'superseded')
    await inTransaction(context.db, async (tx) => {
      await approveAppliedHold(tx, hold.id, decision)
      await audit(tx, decision, 'hold.approve', hold)
    })
  await closeCollect(context, run.id, fence)
  if (outcome === 'superseded')
    throw new PlumblineError(
      'superseded',
      `Newer content of ${provider} was applied since; hold ${hold.id} is void.`,
    )
  return outcome
}

async function approveValue(
  { db, policy, announce }: RefreshContext,
  hold: Hold,
  decision: Decision,
): Promise<Outcome> {
  const at = await readDatabaseClock(db)
  await inTransaction(db, async (tx) => {
    const { commitId } = await lockSlice(tx, hold)
    await decideHold(tx, hold.id, 'approved', decision)
    await applyHeldValue(tx, hold, { commitId, at })
    const applied = nothingApplied()
    const ids = hold.modelId === null ? [] : [hold.modelId]
    addChanges(applied, await commitModels(tx, hold.provider, ids, policy, { commitId, at }))
    await audit(tx, decision, 'hold.approve', hold)
    if (applied.changes.length > 0)
      await recordVersion(
        tx,
        { commitId, runId: undefined, upstream: hold.upstream, provider: hold.provider },
        applied.lists,
      )
  })
  announce()
  return 'applied'
}

async function audit(
  tx: Tx,
  { actor, comment }: Decision,
  action: string,
  hold: Hold,
): Promise<void> {
  const after = { to: hold.to, reason: hold.reason, comment: comment ?? null }
  await recordAudit(tx, { actor, action, object: `hold/${hold.id}`, before: hold.from, after })
}
