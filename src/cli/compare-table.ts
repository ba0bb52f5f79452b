/** Models side by side: a row a property, a column a model. */
import { capabilities } from '../catalog/model-filter.ts'
import { fieldNames, modelFields } from '../catalog/fields.ts'
import { modelKey } from '../catalog/model.ts'
import type { StoredModel } from '../catalog/models.ts'
import type { Meter } from '../catalog/price.ts'
import { priceCell, stateCell, tokens } from './model-table.ts'
import { renderTable, type Cell } from './table.ts'

const meters: readonly Meter[] = ['input', 'output', 'reasoning', 'cache_read', 'cache_write']
const flags = fieldNames.filter((name) => capabilities.includes(modelFields[name].column))

export function compareTable(models: readonly StoredModel[]): string {
  const row = (title: string, cell: (model: StoredModel) => Cell): Cell[] => [
    title,
    ...models.map(cell),
  ]
  const rows = [
    row('name', ({ fields }) => fields.name ?? ''),
    row('type', ({ fields }) => fields.type ?? '–'),
    row('state', stateCell),
    ...meters.map((meter) => row(`${meter} $/M`, (model) => priceCell(model, meter))),
    row('context', ({ fields }) => tokens(fields.contextWindow)),
    row('max output', ({ fields }) => tokens(fields.maxOutputTokens)),
    row('input', ({ fields }) => fields.inputModalities?.join(' ') ?? '–'),
    row('output', ({ fields }) => fields.outputModalities?.join(' ') ?? '–'),
    ...flags.map((flag) => row(modelFields[flag].column, ({ fields }) => flagCell(fields[flag]))),
    row('released', ({ fields }) => fields.releaseDate ?? '–'),
    row('knowledge', ({ fields }) => fields.knowledgeCutoff ?? '–'),
  ]
  return renderTable(['', ...models.map(modelKey)], rows.filter(isStated))
}

function isStated([_title, ...cells]: Cell[]): boolean {
  return cells.some((cell) => (typeof cell === 'string' ? cell : cell.text) !== '–')
}

function flagCell(value: unknown): Cell {
  if (value === undefined) return { text: '–', colour: 'dim' }
  return value === true ? { text: 'yes', colour: 'green' } : { text: 'no', colour: 'dim' }
}
