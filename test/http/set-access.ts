import { drawCommitId, recordVersion } from '../../src/catalog/versions.ts'
import type { Access } from '../../src/catalog/access-history.ts'
import { inTransaction, type Db } from '../../src/catalog/database.ts'
import { appendModelChanges } from '../../src/catalog/model-changes.ts'
import { modelKey, parseModelKey } from '../../src/catalog/model.ts'
import { readModel } from '../../src/catalog/read-models.ts'

/** Sets review state or tiers as an operator does, in a commit of its own. Returns its version. */
export async function setAccess(db: Db, id: string, access: Partial<Access>): Promise<number> {
  const key = parseModelKey(id)
  const model = key && (await readModel(db, key))
  if (!model) throw new Error(`no model ${id}`)
  const { provider, modelId } = model
  const { review = model.review, tiers = model.tiers } = access
  const changes = [
    { field: 'review', from: model.review, to: review },
    { field: 'tiers', from: model.tiers, to: [...tiers] },
  ].filter(({ field }) => field in access)
  return inTransaction(db, async (tx) => {
    const commitId = await drawCommitId(tx)
    await tx.$executeRaw`
      UPDATE models SET review = ${review}, tiers = ${[...tiers]}, commit_id = ${commitId}
      WHERE provider = ${provider} AND model_id = ${modelId}`
    const change = { provider, modelId, kind: 'updated', changes } as const
    await appendModelChanges(tx, [change], { commitId, at: new Date() })
    const updated = [{ id: modelKey(model), fields: changes.map(({ field }) => field) }]
    const origin = { commitId, runId: undefined, upstream: null, provider }
    return recordVersion(tx, origin, { added: [], updated, removed: [] })
  })
}
