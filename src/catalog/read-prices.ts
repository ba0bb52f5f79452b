/** What models cost on a day: the price history as readers see it. */
import type { Reader } from './database.ts'
import type { ModelKey } from './read-models.ts'

/** One amount while it was charged. */
export interface PricePeriod extends ModelKey {
  /** Canonical key of the component (price.ts), e.g. `input` or `input;mode=batch`. */
  component: string
  /** Decimal text: per million tokens for token meters, per unit for the others. */
  amount: string
  currency: string
  /** Who stated it, or "override". */
  upstream: string
  validFrom: Date
  /** Exclusive; null = still charged. */
  validTo: Date | null
}

/**
 * All components that were charged at a moment, by component. None: the price was not known then, or
 * the model was not in the catalog.
 */
export async function readPricesAt(
  reader: Reader,
  key: ModelKey,
  at: Date,
): Promise<PricePeriod[]> {
  return readPricesOfModelsAt(reader, [key], at)
}

/** The same for many models in one statement, by model and component; each key once. */
export async function readPricesOfModelsAt(
  reader: Reader,
  keys: readonly ModelKey[],
  at: Date,
): Promise<PricePeriod[]> {
  if (keys.length === 0) return []
  return reader.$queryRaw`
    SELECT p.provider, p.model_id AS "modelId", p.component, p.amount::text AS amount, p.currency, p.upstream,
      p.valid_from AS "validFrom", p.valid_to AS "validTo"
    FROM unnest(${keys.map(({ provider }) => provider)}::text[], ${keys.map(({ modelId }) => modelId)}::text[])
      AS key (provider, model_id)
    JOIN price_history p ON p.provider = key.provider AND p.model_id = key.model_id
    WHERE p.valid_from <= ${at} AND (p.valid_to IS NULL OR p.valid_to > ${at})
    ORDER BY p.provider, p.model_id, p.component COLLATE "C"`
}
