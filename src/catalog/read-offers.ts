/**
 * Who serves a model, cheapest first. Which models are the same is decided by what is stated, never by
 * resemblance: where both state a base model, by that alone; else by the id without what stands before
 * its last `/` (gateways put the maker there), whatever the case of its letters.
 */
import { Prisma, type Reader } from './database.ts'
import { modelSelection, toModel, type ModelRow, type StoredModel } from './models.ts'
import type { ModelKey } from './read-models.ts'

export interface Offer {
  model: StoredModel
  /** Why it is taken for the same; `itself` is the one that was asked for. */
  sameBy: 'itself' | 'base_model' | 'model_id'
}

/**
 * By the sum of input and output price, USD per million tokens; what has no such sum comes last. Empty
 * where the model is not in the catalog. Retired offers are left out, but for the model itself.
 */
export async function readOffers(
  reader: Reader,
  { provider, modelId }: ModelKey,
): Promise<Offer[]> {
  const rows = await reader.$queryRaw<(ModelRow & Pick<Offer, 'sameBy'>)[]>`
    SELECT ${modelSelection}, m.same_by AS "sameBy"
    FROM models own
    CROSS JOIN LATERAL (
      SELECT m.*, CASE WHEN (m.provider, m.model_id) = (own.provider, own.model_id) THEN 'itself'
        WHEN m.base_model IS NOT NULL AND own.base_model IS NOT NULL THEN
          CASE WHEN m.base_model = own.base_model THEN 'base_model' END
        WHEN ${bareId('m')} = ${bareId('own')} THEN 'model_id' END AS same_by
      FROM models m
    ) m
    WHERE own.provider = ${provider} AND own.model_id = ${modelId}
      AND (m.same_by = 'itself' OR m.same_by IS NOT NULL AND m.lifecycle <> 'retired')
    ORDER BY m.input_price + m.output_price NULLS LAST, m.input_price NULLS LAST, m.provider, m.model_id`
  return rows.map((row) => ({ model: toModel(row), sameBy: row.sameBy }))
}

function bareId(table: 'm' | 'own'): Prisma.Sql {
  return Prisma.raw(`lower(regexp_replace(${table}.model_id, '^.*/', ''))`)
}
