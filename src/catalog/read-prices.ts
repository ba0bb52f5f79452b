/** What models cost on a day: the price history as readers see it. */
import { parseComponentKey } from './component-key.ts'
import { Prisma, type Reader } from './database.ts'
import { sortComponents, type PriceSheet } from './price.ts'
import type { ModelKey } from './read-models.ts'

const periodSelection = Prisma.sql`p.provider, p.model_id AS "modelId", p.component, p.amount::text AS amount,
  p.currency, p.upstream, p.valid_from AS "validFrom", p.valid_to AS "validTo"`

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
    SELECT ${periodSelection}
    FROM unnest(${keys.map(({ provider }) => provider)}::text[], ${keys.map(({ modelId }) => modelId)}::text[])
      AS key (provider, model_id)
    JOIN price_history p ON p.provider = key.provider AND p.model_id = key.model_id
    WHERE p.valid_from <= ${at} AND (p.valid_to IS NULL OR p.valid_to > ${at})
    ORDER BY p.provider, p.model_id, p.component COLLATE "C"`
}

export interface PriceHistoryQuery {
  /** Canonical key, e.g. `input`; absent = all components. */
  component?: string | undefined
  limit: number
  /** From 1. */
  page: number
}

/** What was ever charged for a model, newest first. `total` counts the periods of all pages. */
export async function readPriceHistory(
  reader: Reader,
  { provider, modelId }: ModelKey,
  { component, limit, page }: PriceHistoryQuery,
): Promise<{ periods: PricePeriod[]; total: number }> {
  const where = Prisma.sql`p.provider = ${provider} AND p.model_id = ${modelId}
    AND (${component ?? null}::text IS NULL OR p.component = ${component ?? null})`
  const periods = await reader.$queryRaw<PricePeriod[]>`
    SELECT ${periodSelection} FROM price_history p WHERE ${where}
    ORDER BY p.valid_from DESC, p.component COLLATE "C" LIMIT ${limit} OFFSET ${(page - 1) * limit}`
  const [counted] = await reader.$queryRaw<{ total: number }[]>`
    SELECT count(*)::int AS total FROM price_history p WHERE ${where}`
  return { periods, total: counted?.total ?? 0 }
}

/** The sheet that a model had at a moment, from the periods that were open then. */
export function sheetOf(periods: readonly PricePeriod[]): PriceSheet {
  const currency = periods[0]?.currency ?? 'USD'
  return {
    ...(currency === 'USD' ? {} : { currency }),
    components: sortComponents(
      periods.map(({ component, amount }) => parseComponentKey(component, amount)),
    ),
  }
}
