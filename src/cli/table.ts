/** Aligned columns without lines, so that a table reads well and `awk` can read it too. */
import Table from 'cli-table3'
import { clean, paint, terminalWidth, type Colours } from './terminal.ts'

/** Text, or text with a colour. Whatever is in the text stays text: it may come from an upstream. */
export type Cell =
  | string
  | {
      text: string
      colour: keyof Colours & ('red' | 'green' | 'yellow' | 'dim' | 'bold' | 'cyan' | 'magenta')
    }

export interface TableOptions {
  /** Columns that are aligned to the right, by their number. */
  right?: readonly number[]
}

const gap = '  '
const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: gap,
}
const narrowestColumn = 10

/** The last column is cut where the terminal ends; in a pipe nothing is. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  { right = [] }: TableOptions = {},
): string {
  const lastWidth = widthOfLast(head, rows)
  const table = new Table({
    head: head.map((title) => paint.dim(title)),
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: head.map((_title, index) => (right.includes(index) ? 'right' : 'left')),
    ...(lastWidth === undefined
      ? {}
      : { colWidths: [...head.slice(1).map(() => null), lastWidth] }),
  })
  table.push(...rows.map((row) => row.map(paintCell)))
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

function paintCell(cell: Cell): string {
  return typeof cell === 'string' ? clean(cell) : paint[cell.colour](clean(cell.text))
}

function widthOfLast(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): number | undefined {
  const columns = terminalWidth()
  if (columns === undefined) return undefined
  const widths = head.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => textOf(row[index]).length)),
  )
  const last = widths.at(-1) ?? 0
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + gap.length, 0)
  const left = Math.max(narrowestColumn, columns - before)
  return last > left ? left : undefined
}

function textOf(cell: Cell | undefined): string {
  if (cell === undefined) return ''
  return clean(typeof cell === 'string' ? cell : cell.text)
}
