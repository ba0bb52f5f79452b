/**
 * Who serves a model, cheapest first, and what else there is of it: dated snapshots, free tiers and so on.
 * Which models are the same is decided when they are written (base-model.ts); here it is one read of an index.
 */
import type { Reader } from './database.ts'
import { listedSelection, toListedModel, type ListedModel, type ModelRow } from './models.ts'
import type { ModelKey } from './read-models.ts'

export interface Offer {
  model: ListedModel
  /**
   * Why it is taken for the same: what upstreams state of both, else what their ids say. `itself` is the
   * one that was asked for.
   */
  sameBy: 'itself' | 'base_model' | 'model_id'
}

export interface Variant {
  model: ListedModel
  /** What tells it from the others of its base, e.g. `20240806`, `free`; empty: it is the undated, paid one. */
  variant: string
}

export interface Offers {
  offers: Offer[]
  /** Of the same base, and not the same model. */
  variants: Variant[]
}

interface OfferRow extends ModelRow {
  variant: string
  isSame: boolean
  isItself: boolean
  isStated: boolean
}

/**
 * Both by the sum of input and output price, USD per million tokens; what has no such sum comes last.
 * Empty where the model is not in the catalog. Retired ones are left out, but for the model itself.
 */
export async function readOffers(reader: Reader, { provider, modelId }: ModelKey): Promise<Offers> {
  const rows = await reader.$queryRaw<OfferRow[]>`
    SELECT ${listedSelection}, m.variant, m.variant = own.variant AS "isSame",
      (m.provider, m.model_id) = (own.provider, own.model_id) AS "isItself",
      m.base_model IS NOT NULL AND own.base_model IS NOT NULL AS "isStated"
    FROM models own JOIN models m ON m.base_id = own.base_id
    WHERE own.provider = ${provider} AND own.model_id = ${modelId}
      AND (m.lifecycle <> 'retired' OR (m.provider, m.model_id) = (own.provider, own.model_id))
    ORDER BY m.input_price + m.output_price NULLS LAST, m.input_price NULLS LAST, m.provider, m.model_id`
  const [same, others] = [rows.filter(({ isSame }) => isSame), rows.filter((row) => !row.isSame)]
  return {
    offers: same.map((row) => ({ model: toListedModel(row), sameBy: sameBy(row) })),
    variants: others.map((row) => ({ model: toListedModel(row), variant: row.variant })),
  }
}

function sameBy({ isItself, isStated }: OfferRow): Offer['sameBy'] {
  if (isItself) return 'itself'
  return isStated ? 'base_model' : 'model_id'
}
