/**
 * Who serves a model, cheapest first. Which models are the same is decided by what is stated, never by
 * resemblance: where both state a base model, by that alone; else by the id without what stands before
 * its last `/` (gateways put the maker there), whatever the case of its letters.
 */
import { Prisma, type Reader } from './database.ts'
import { listedSelection, toListedModel, type ListedModel, type ModelRow } from './models.ts'
import type { ModelKey } from './read-models.ts'

export interface Offer {
  model: ListedModel
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
    WITH own AS (SELECT provider, model_id, base_model, ${bareId('o')} AS bare_id FROM models o
      WHERE o.provider = ${provider} AND o.model_id = ${modelId}),
    same AS (
      SELECT provider, model_id, 'itself' AS same_by FROM own
      UNION ALL
      SELECT m.provider, m.model_id, 'base_model' FROM own JOIN models m ON m.base_model = own.base_model
        WHERE (m.provider, m.model_id) <> (own.provider, own.model_id) AND m.lifecycle <> 'retired'
      UNION ALL
      SELECT m.provider, m.model_id, 'model_id' FROM own JOIN models m ON ${bareId('m')} = own.bare_id
        WHERE (m.provider, m.model_id) <> (own.provider, own.model_id) AND m.lifecycle <> 'retired'
          AND (m.base_model IS NULL OR own.base_model IS NULL)
    )
    SELECT ${listedSelection}, same.same_by AS "sameBy"
    FROM same JOIN models m ON m.provider = same.provider AND m.model_id = same.model_id
    ORDER BY m.input_price + m.output_price NULLS LAST, m.input_price NULLS LAST, m.provider, m.model_id`
  return rows.map((row) => ({ model: toListedModel(row), sameBy: row.sameBy }))
}

/** To the letter what the index models_bare_id_idx is over. */
function bareId(table: 'm' | 'o'): Prisma.Sql {
  return Prisma.raw(`lower(regexp_replace(${table}.model_id, '^.*/', ''))`)
}
