/** Announced prices and deprecations come into force on their day, whether the upstream is read that day or not. */
import { commitModels, listChanges } from '../catalog/commit-refresh.ts'
import { inTransaction, readDatabaseClock } from '../catalog/database.ts'
import { readDueModels } from '../catalog/models.ts'
import { lockProvider } from '../catalog/slices.ts'
import { drawCommitId, recordVersion } from '../catalog/versions.ts'
import type { RefreshContext } from './refresh-context.ts'

type DatesContext = Pick<RefreshContext, 'db' | 'policy' | 'announce' | 'clock'>

/**
 * Merges the models anew whose day has come, one transaction a provider. Costs a look into a small
 * index when there is none; may run in any number of processes at once. Returns how many models changed.
 */
export async function applyDueDates(context: DatesContext): Promise<number> {
  const at = context.clock?.() ?? (await readDatabaseClock(context.db))
  const due = await readDueModels(context.db, at.toISOString().slice(0, 10))
  let changed = 0
  for (const [provider, ids] of due) changed += await mergeDue(context, provider, ids, at)
  if (changed > 0) context.announce()
  return changed
}

async function mergeDue(
  { db, policy }: DatesContext,
  provider: string,
  ids: readonly string[],
  at: Date,
): Promise<number> {
  return inTransaction(db, async (tx) => {
    await lockProvider(tx, provider)
    const commitId = await drawCommitId(tx)
    const changes = await commitModels(tx, provider, ids, policy, { commitId, at })
    if (changes.length === 0) return 0
    const origin = { commitId, runId: undefined, upstream: null, provider }
    await recordVersion(tx, origin, listChanges(changes))
    return changes.length
  })
}
