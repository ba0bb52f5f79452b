/** Models in a table, one a line. */
import { modelKey } from '../catalog/model.ts'
import type { ListedModel } from '../catalog/models.ts'
import { flatAmount, priceState, type Meter } from '../catalog/price.ts'
import { renderTable, type Cell } from './table.ts'
import { grouped } from './times.ts'

export function modelTable(models: readonly ListedModel[]): string {
  const rows = models.map((model): Cell[] => [
    modelKey(model),
    model.fields.type ?? '',
    priceCell(model, 'input'),
    priceCell(model, 'output'),
    tokens(model.fields.contextWindow),
    stateCell(model),
    model.fields.name ?? '',
  ])
  const head = ['model', 'type', 'in $/M', 'out $/M', 'context', 'state', 'name']
  return renderTable(head, rows, { right: [2, 3, 4] })
}

/** Unknown, free and dynamic are three different things; another currency is named. */
export function priceCell({ prices }: ListedModel, meter: Meter): Cell {
  const state = priceState(prices)
  if (state === 'dynamic') return { text: 'dynamic', colour: 'dim' }
  const amount = flatAmount(prices, meter)
  if (amount === undefined) return { text: '–', colour: 'dim' }
  if (state === 'free') return { text: 'free', colour: 'green' }
  return prices.currency === undefined ? amount : `${amount} ${prices.currency}`
}

export function tokens(number: number | undefined): string {
  return number === undefined ? '–' : grouped(number)
}

/** Lifecycle and review, where they are not simply active. */
export function stateCell({ lifecycle, review }: ListedModel): Cell {
  const words = [lifecycle, review].filter((word) => word !== 'active')
  if (words.length === 0) return { text: 'active', colour: 'green' }
  return { text: words.join(', '), colour: lifecycle === 'retired' ? 'red' : 'yellow' }
}
