/**
 * What the plain tokens of models cost and when: input, output and reading from the cache, in the
 * standard mode and without any circumstance, USD per million.
 */
import { Prisma, type Reader } from './database.ts'
import { filterConditions, type ModelFilter } from './model-filter.ts'
import type { ModelKey } from './read-models.ts'

export const flatComponents = ['input', 'output', 'cache_read'] as const
export type FlatComponent = (typeof flatComponents)[number]

export interface FlatPricePeriod extends ModelKey {
  /** The model's; null = it has none. */
  name: string | null
  component: FlatComponent
  /** Decimal text. */
  amount: string
  validFrom: Date
  /** Exclusive; null = still charged. */
  validTo: Date | null
}

interface PeriodRow extends FlatPricePeriod {
  id: bigint
}

const pageSize = 500

/** By model and component, each in the order of its commits; models that are not in the catalog any more are left out. */
export async function readFlatPrices(
  reader: Reader,
  filter: ModelFilter,
): Promise<FlatPricePeriod[]> {
  const conditions = filterConditions(filter)
  const periods: FlatPricePeriod[] = []
  let last = { provider: '', modelId: '', component: '', id: 0n }
  for (;;) {
    const rows = await reader.$queryRaw<PeriodRow[]>`
      SELECT p.id, p.provider, p.model_id AS "modelId", m.name, p.component, p.amount::text AS amount,
        p.valid_from AS "validFrom", p.valid_to AS "validTo"
      FROM price_history p JOIN models m ON m.provider = p.provider AND m.model_id = p.model_id
      WHERE (p.provider, p.model_id, p.component, p.id)
          > (${last.provider}, ${last.modelId}, ${last.component}, ${last.id})
        AND p.component IN (${Prisma.join(flatComponents)}) AND p.currency = 'USD' AND ${conditions}
      ORDER BY p.provider, p.model_id, p.component, p.id LIMIT ${pageSize}`
    for (const { id: _id, ...period } of rows) periods.push(period)
    const end = rows.at(-1)
    if (!end || rows.length < pageSize) return periods
    last = end
  }
}
