/** Field values that operators set. They are a layer of the merge: no sync touches them. */
import type { Reader, Tx } from './database.ts'
import type { FieldValue } from './fields.ts'

export interface Override {
  provider: string
  modelId: string
  /** A field's name or `price.<component>`. */
  field: string
  value: FieldValue
  reason: string | null
  actor: string
  createdAt: Date
  expiresAt: Date | null
}

/** Those that are in force at a time. */
export async function readOverrides(
  reader: Reader,
  provider: string,
  at: Date,
): Promise<Override[]> {
  return reader.$queryRaw`
    SELECT provider, model_id AS "modelId", field, value, reason, actor,
      created_at AS "createdAt", expires_at AS "expiresAt"
    FROM overrides WHERE provider = ${provider} AND (expires_at IS NULL OR expires_at > ${at})
    ORDER BY model_id, field`
}

/** Models that still show an override that has ended, by provider. */
export async function readExpiredOverrides(
  reader: Reader,
  at: Date,
): Promise<Map<string, string[]>> {
  const rows = await reader.$queryRaw<{ provider: string; ids: string[] }[]>`
    SELECT o.provider, array_agg(DISTINCT o.model_id) AS ids
    FROM overrides o JOIN models m ON m.provider = o.provider AND m.model_id = o.model_id
    WHERE o.expires_at <= ${at} AND m.provenance ->> o.field = 'override'
    GROUP BY o.provider ORDER BY o.provider`
  return new Map(rows.map(({ provider, ids }) => [provider, ids]))
}

export async function listOverrides(reader: Reader): Promise<Override[]> {
  return reader.$queryRaw`
    SELECT provider, model_id AS "modelId", field, value, reason, actor,
      created_at AS "createdAt", expires_at AS "expiresAt"
    FROM overrides ORDER BY provider, model_id, field`
}

export async function writeOverride(tx: Tx, override: Omit<Override, 'createdAt'>): Promise<void> {
  const { provider, modelId, field, value, reason, actor, expiresAt } = override
  await tx.$executeRaw`
    INSERT INTO overrides (provider, model_id, field, value, reason, actor, expires_at)
    VALUES (${provider}, ${modelId}, ${field}, ${JSON.stringify(value)}::jsonb, ${reason}, ${actor}, ${expiresAt})
    ON CONFLICT (provider, model_id, field) DO UPDATE
    SET value = EXCLUDED.value, reason = EXCLUDED.reason, actor = EXCLUDED.actor,
      created_at = now(), expires_at = EXCLUDED.expires_at`
}

/** False when there was none. */
export async function deleteOverride(
  tx: Tx,
  provider: string,
  modelId: string,
  field: string,
): Promise<boolean> {
  const count = await tx.$executeRaw`
    DELETE FROM overrides WHERE provider = ${provider} AND model_id = ${modelId} AND field = ${field}`
  return count > 0
}
