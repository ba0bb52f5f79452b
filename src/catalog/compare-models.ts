/** Models side by side: on which fields they differ, and which is best in what can be better. Pure. */
import { canonicalJson, type Json } from '../json.ts'
import { fieldNames } from './fields.ts'
import { modelKey } from './model.ts'
import type { ListedModel } from './models.ts'
import { compareAmounts, flatAmount, type Meter } from './price.ts'

export interface FieldDifference {
  /** A field's name, or `price.<meter>` for the flat price. */
  field: string
  /** In the order of the models; null = unknown, which is not the same as any value. */
  values: (Json | null)[]
}

/** Ids of the best models; several where they are equal, none where nothing is known. */
export interface BestModels {
  cheapestInput: string[]
  cheapestOutput: string[]
  largestContext: string[]
  largestOutput: string[]
}

export interface Comparison {
  differences: FieldDifference[]
  best: BestModels
}

const comparedMeters = ['input', 'output', 'cache_read', 'cache_write', 'reasoning'] as const

export function compareModels(models: readonly ListedModel[]): Comparison {
  const rows = [
    ...fieldNames.map((name) => ({
      field: name,
      values: models.map(({ fields }) => fields[name] ?? null),
    })),
    ...comparedMeters.map((meter) => ({
      field: `price.${meter}`,
      values: models.map((model) => usdAmount(model, meter) ?? null),
    })),
  ]
  return {
    differences: rows.filter(
      ({ values }) => new Set(values.map((value) => canonicalJson(value))).size > 1,
    ),
    best: {
      cheapestInput: bestOf(models, (model) => usdAmount(model, 'input'), compareAmounts),
      cheapestOutput: bestOf(models, (model) => usdAmount(model, 'output'), compareAmounts),
      largestContext: bestOf(models, ({ fields }) => fields.contextWindow, larger),
      largestOutput: bestOf(models, ({ fields }) => fields.maxOutputTokens, larger),
    },
  }
}

/** Amounts in other currencies are not compared. */
function usdAmount({ prices }: ListedModel, meter: Meter): string | undefined {
  const isUsd = prices.currency === undefined || prices.currency === 'USD'
  return isUsd && !prices.dynamic ? flatAmount(prices, meter) : undefined
}

function larger(a: number, b: number): number {
  return b - a
}

function bestOf<Value>(
  models: readonly ListedModel[],
  valueOf: (model: ListedModel) => Value | undefined,
  order: (a: Value, b: Value) => number,
): string[] {
  const known = models.flatMap((model) => {
    const value = valueOf(model)
    return value === undefined ? [] : [{ id: modelKey(model), value }]
  })
  const [best] = known.toSorted((a, b) => order(a.value, b.value))
  return best ? known.filter(({ value }) => order(value, best.value) === 0).map(({ id }) => id) : []
}
