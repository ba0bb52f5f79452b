/** Who changed what: append-only, written in the same transaction as the change. */
import type { Tx } from '../catalog/database.ts'
import type { Json } from '../json.ts'

export interface AuditEntry {
  actor: string
  /** e.g. `hold.approve`, `override.set`. */
  action: string
  /** e.g. `hold/12`, `model/openai/gpt-5`. */
  object: string
  before?: Json
  after?: Json
}

export async function recordAudit(
  tx: Tx,
  { actor, action, object, before = null, after = null }: AuditEntry,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO audit_log (actor, action, object, before, after)
    VALUES (${actor}, ${action}, ${object}, ${JSON.stringify(before)}::jsonb, ${JSON.stringify(after)}::jsonb)`
}
