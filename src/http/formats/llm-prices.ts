/**
 * llm-prices' two files: what plain input, output and cached input cost now, and what they cost before.
 * USD per million. Both prices are required, so a model of which one is unknown is not in them. An id is
 * the catalog's, since it must be unique.
 */
import { z } from 'zod'
import type { FlatPricePeriod } from '../../catalog/read-flat-prices.ts'
import { modelKey } from '../../catalog/model.ts'
import { JsonDecimal, type JsonObject } from '../../json.ts'
import { tokenPrices } from './flat-prices.ts'
import { acceptIf, type Entry, type Format, type FormatSource } from './format.ts'

const Amount = z.number().nonnegative()

const Row = z.object({
  id: z.string().min(1),
  vendor: z.string().min(1),
  name: z.string().min(1),
  input: Amount,
  output: Amount,
  input_cached: Amount.nullable(),
})
const Day = z.iso.date()

export const llmPrices = {
  name: 'llm-prices',
  path: '/current-v1.json',
  summary: 'llm-prices’ list of what is charged now',
  sections: [{ open: '{"prices":[', close: ']', schema: Row, entries: currentRows }, updatedAt()],
  accept: acceptIf({ minimum: 0 }),
} satisfies Format

export const llmPricesHistorical = {
  name: 'llm-prices-historical',
  path: '/historical-v1.json',
  summary: 'llm-prices’ list of what was ever charged, with the days from and until which',
  needs: ['pricePeriods'],
  sections: [
    {
      open: '{"prices":[',
      close: ']}',
      schema: Row.extend({ from_date: Day.nullable(), to_date: Day.nullable() }),
      entries: historicalRows,
    },
  ],
  accept: acceptIf({ minimum: 0 }),
} satisfies Format

/** The day of the version, after the rows: the order of members says nothing. */
function updatedAt(): Format['sections'][number] {
  return {
    open: ',',
    close: '}',
    schema: Day,
    *entries({ committedAt }) {
      yield { key: 'updated_at', value: dayOf(committedAt ?? new Date(0)), models: 0 }
    },
  }
}

function* currentRows({ models }: FormatSource): Generator<Entry | undefined> {
  for (const model of models) {
    const priced = tokenPrices(model.prices)
    const { provider, modelId, fields } = model
    yield (
      priced && {
        value: {
          id: modelKey(model),
          vendor: provider,
          name: fields.name ?? modelId,
          input: new JsonDecimal(priced.input),
          output: new JsonDecimal(priced.output),
          input_cached: decimalOrNull(priced.prices.get('cache_read')),
        },
      }
    )
  }
}

function* historicalRows({ pricePeriods }: FormatSource): Generator<Entry | undefined> {
  const byModel = Map.groupBy(pricePeriods, modelKey)
  yield undefined
  for (const [id, periods] of byModel) {
    // The rows of a model are one entry to the count: a price that changed is no further model.
    let models = 1
    for (const value of rowsOf(id, periods)) {
      yield { value, models }
      models = 0
    }
  }
}

/** Newest first. A price that was gone before its first day ended was charged on no day. */
function rowsOf(id: string, periods: readonly FlatPricePeriod[]): JsonObject[] {
  const [first] = periods
  if (!first) return []
  const starts = new Set(
    periods.flatMap(({ validFrom, validTo }) => [
      dayOf(validFrom),
      ...(validTo ? [dayOf(validTo)] : []),
    ]),
  )
  const days = [...starts].sort()
  const rows = days.flatMap((from, index): JsonObject[] => {
    const amount = (component: string) =>
      periods.findLast(
        (period) =>
          period.component === component &&
          dayOf(period.validFrom) <= from &&
          (period.validTo === null || dayOf(period.validTo) > from),
      )?.amount
    const [input, output] = [amount('input'), amount('output')]
    if (input === undefined || output === undefined) return []
    return [
      {
        id,
        vendor: first.provider,
        name: first.name ?? first.modelId,
        input: new JsonDecimal(input),
        output: new JsonDecimal(output),
        input_cached: decimalOrNull(amount('cache_read')),
        from_date: from,
        to_date: days[index + 1] ?? null,
      },
    ]
  })
  return rows.toReversed()
}

function decimalOrNull(amount: string | undefined): JsonDecimal | null {
  return amount === undefined ? null : new JsonDecimal(amount)
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10)
}
