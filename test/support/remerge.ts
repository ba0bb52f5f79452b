/** A refresh merges from what it has at hand. Merged again from what is stored, nothing may come out differently. */
import { commitModels } from '../../src/catalog/commit-refresh.ts'
import { inTransaction } from '../../src/catalog/database.ts'
import { modelKey } from '../../src/catalog/model.ts'
import type { RefreshContext } from '../../src/refresh/refresh-context.ts'

/** Ids of the models that would change. Announced dates come into force with the time `at`. */
export async function remerge(
  { db, policy }: Pick<RefreshContext, 'db' | 'policy'>,
  at = new Date(),
): Promise<string[]> {
  const providers = await db.$queryRaw<{ provider: string; ids: string[] }[]>`
    SELECT provider, array_agg(DISTINCT model_id) AS ids FROM listings GROUP BY provider ORDER BY 1`
  const stamp = { commitId: 0, at }
  const changed: string[] = []
  for (const { provider, ids } of providers)
    changed.push(
      ...(await inTransaction(db, (tx) => commitModels(tx, provider, ids, policy, stamp))).map(
        modelKey,
      ),
    )
  return changed
}
