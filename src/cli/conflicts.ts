import { modelKey } from '../catalog/model.ts'
import {
  readConflicts,
  type ConflictPage,
  type FieldConflict,
  type ModelConflicts,
  type StatedValue,
} from '../catalog/read-conflicts.ts'
import { withContext } from './command-context.ts'
import { examples, newCommand, positiveNumber } from './new-command.ts'
import { renderTable, type Cell } from './table.ts'
import { note, print, printJson } from './terminal.ts'
import { age, count } from './times.ts'

const defaultLimit = 50

export function conflictsCommand() {
  return newCommand('conflicts')
    .option('--provider <id>', 'of this provider')
    .option('--field <name>', 'e.g. contextWindow, price.input')
    .option('--limit <count>', 'models a page', positiveNumber, defaultLimit)
    .option('--page <number>', 'from 1', positiveNumber, 1)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples('plumbline conflicts --provider openai', 'plumbline conflicts --field price.input'),
    )
    .action(async ({ json, ...filter }) => {
      const found = await withContext(({ db }) => readConflicts(db, filter))
      if (json) return printJson(viewPage(found, filter))
      print(found.models.length === 0 ? 'No conflicts.' : conflictTable(found.models))
      const last = (filter.page - 1) * filter.limit + found.models.length
      if (last < found.total)
        note(`to ${last} of ${count(found.total, 'model')}; more: --page ${filter.page + 1}`)
    })
}

function viewPage(
  { models, total }: ConflictPage,
  { page, limit }: { page: number; limit: number },
): object {
  const views = models.map(({ provider, modelId, fields }) => ({
    id: modelKey({ provider, modelId }),
    provider,
    modelId,
    fields,
  }))
  return { total, page, limit, models: views }
}

/** A line a value; what the catalog took is marked, and a model's and a field's name stand once. */
function conflictTable(models: readonly ModelConflicts[]): string {
  const now = new Date()
  const rows = models.flatMap((model) =>
    model.fields.flatMap((conflict, fieldIndex) =>
      conflict.values.map((stated, index): Cell[] => [
        fieldIndex === 0 && index === 0 ? modelKey(model) : '',
        index === 0 ? conflict.field : '',
        ...valueCells(stated, now),
        takenCell(conflict, stated),
      ]),
    ),
  )
  const head = ['model', 'field', 'upstream', 'value', 'unit', 'confirmed', 'in the catalog']
  return renderTable(head, rows, { right: [3] })
}

function valueCells({ upstream, value, unit, confirmedAt }: StatedValue, now: Date): Cell[] {
  return [upstream, value, { text: unit, colour: 'dim' }, age(confirmedAt, now)]
}

function takenCell({ taken }: FieldConflict, { upstream }: StatedValue): Cell {
  if (taken === 'override') return { text: 'no, an override', colour: 'magenta' }
  return taken === upstream ? { text: 'yes', colour: 'green' } : ''
}
