/**
 * Announced prices and deprecations come into force on their day, and overrides end when they expire,
 * whether the upstream is read by then or not.
 */
import { commitModels, listChanges } from '../catalog/commit-refresh.ts'
import { inTransaction, readDatabaseClock } from '../catalog/database.ts'
import { readDueModels } from '../catalog/models.ts'
import { readExpiredOverrides } from '../catalog/overrides.ts'
import { lockProvider } from '../catalog/slices.ts'
import { drawCommitId, recordVersion } from '../catalog/versions.ts'
import type { RefreshContext } from './refresh-context.ts'

type DatesContext = Pick<RefreshContext, 'db' | 'policy' | 'announce' | 'clock'>

/**
 * Merges the models anew whose time has come, one transaction a provider. Costs a look into a small
 * index and one into the overrides when there is none; may run in any number of processes at once. Returns how many models changed.
 */
export async function applyDueDates(context: DatesContext): Promise<number> {
  const at = context.clock?.() ?? (await readDatabaseClock(context.db))
  const dated = await readDueModels(context.db, at.toISOString().slice(0, 10))
  const overridden = await readExpiredOverrides(context.db, at)
  let changed = 0
  for (const provider of new Set([...dated.keys(), ...overridden.keys()])) {
    const ids = new Set([...(dated.get(provider) ?? []), ...(overridden.get(provider) ?? [])])
    changed += await mergeDue(context, provider, [...ids], at)
  }
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
