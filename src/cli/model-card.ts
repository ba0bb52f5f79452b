/** Everything that is known of one model, on one screen. */
import type { Context } from '../context.ts'
import { fieldNames } from '../catalog/fields.ts'
import { parseModelKey } from '../catalog/model.ts'
import { viewModelDetail } from '../catalog/model-view.ts'
import type { StoredModel } from '../catalog/models.ts'
import { listOverrides, type Override } from '../catalog/overrides.ts'
import { componentKey, priceState } from '../catalog/price.ts'
import { viewChange } from '../catalog/change-view.ts'
import { readModelHistory } from '../catalog/read-changes.ts'
import type { CatalogChange } from '../catalog/told-changes.ts'
import { readModel } from '../catalog/read-models.ts'
import { modelKey } from '../catalog/model.ts'
import { printChange } from './changes.ts'
import { showValue } from './field-changes.ts'
import { noModel } from './no-model.ts'
import { renderTable, type Cell } from './table.ts'
import { clean, paint, print } from './terminal.ts'

export interface ModelCard {
  model: StoredModel
  overrides: Override[]
  history: CatalogChange[]
}

const historyLength = 5

/** Throws `not_found` with what was probably meant. */
export async function readModelCard({ db }: Context, id: string): Promise<ModelCard> {
  const key = parseModelKey(id)
  const model = key && (await readModel(db, key))
  if (!model) throw await noModel(db, id)
  const overrides = (await listOverrides(db)).filter(
    ({ provider, modelId }) => provider === model.provider && modelId === model.modelId,
  )
  const { changes: history } = await readModelHistory(db, model, historyLength)
  return { model, overrides, history }
}

export function viewModelCard({ model, overrides, history }: ModelCard): object {
  return { ...viewModelDetail(model), overrides, history: history.map(viewChange) }
}

export function printModelCard({ model, history }: ModelCard): void {
  const { lifecycle, review, tiers, conflicts } = model
  print(paint.bold(clean(modelKey(model))))
  print(`${lifecycle}, review ${review}${tiers.length === 0 ? '' : `, tiers ${tiers.join(' ')}`}`)
  print(`\n${renderTable(['field', 'from', 'value'], fieldRows(model))}`)
  printPrices(model)
  if (conflicts.length > 0)
    print(paint.yellow(`\nUpstreams disagree on: ${conflicts.map(clean).join(', ')}`))
  if (history.length > 0) print('\nLatest changes')
  for (const change of history) printChange(change)
}

function fieldRows({ fields, provenance }: StoredModel): Cell[][] {
  return fieldNames
    .filter((name) => fields[name] !== undefined)
    .map((name) => [name, sourceCell(provenance[name]), showField(fields[name])])
}

function showField(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value)
}

function sourceCell(upstream = ''): Cell {
  return upstream === 'override'
    ? { text: upstream, colour: 'magenta' }
    : { text: upstream, colour: 'dim' }
}

function printPrices({ prices, provenance }: StoredModel): void {
  const currency = prices.currency ?? 'USD'
  print(`\nPrices: ${priceState(prices)} (${currency}; per million tokens unless a unit is named)`)
  if (prices.components.length === 0) return
  const rows = prices.components.map((component): Cell[] => {
    const key = componentKey(component)
    return [key, sourceCell(provenance[`price.${key}`]), showValue(component.amount)]
  })
  print(renderTable(['component', 'from', 'amount'], rows))
}
