/** Which stored models are the same, anew: the rules of base-model.ts change with releases, not with refreshes. */
import { z } from 'zod'
import { baseModelOf } from './base-model.ts'

const LinkedRow = z.object({
  model_id: z.string(),
  base_model: z.string().nullable(),
  base_id: z.string(),
  variant: z.string(),
})

interface Session {
  query: (sql: string, values?: unknown[]) => Promise<{ rows: unknown[] }>
}

/** One provider after the other; what is as it was is not written. */
export async function relinkModels(session: Session): Promise<void> {
  const providers = await session.query('SELECT id FROM providers ORDER BY id')
  for (const { id } of z.array(z.object({ id: z.string() })).parse(providers.rows)) {
    const { rows } = await session.query(
      'SELECT model_id, base_model, base_id, variant FROM models WHERE provider = $1',
      [id],
    )
    const moved = z
      .array(LinkedRow)
      .parse(rows)
      .flatMap((row) => relinked(id, row))
    if (moved.length > 0) await session.query(update, [id, JSON.stringify(moved)])
  }
}

const update = `UPDATE models m SET base_id = r.base, variant = r.variant
  FROM jsonb_to_recordset($2::jsonb) AS r ("modelId" text, base text, variant text)
  WHERE m.provider = $1 AND m.model_id = r."modelId"`

function relinked(provider: string, row: z.infer<typeof LinkedRow>): object[] {
  const { model_id: modelId, base_model: baseModel } = row
  const { base, variant } = baseModelOf({ provider, modelId, baseModel: baseModel ?? undefined })
  return base === row.base_id && variant === row.variant ? [] : [{ modelId, base, variant }]
}
