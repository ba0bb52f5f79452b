/** What a person or a pipe gets to see: data on stdout, everything else on stderr. */
import { styleText } from 'node:util'
import pc from 'picocolors'
import { withoutControl } from '../control-characters.ts'
import { toPlumblineError } from '../errors.ts'

export type Colours = ReturnType<typeof pc.createColors>

/** Per stream: stdout may go to a file while stderr is a terminal. NO_COLOR and FORCE_COLOR count. */
function coloursOf(stream: NodeJS.WriteStream): Colours {
  return pc.createColors(styleText('bold', 'x', { stream }) !== 'x')
}

/** Colours for stdout. */
export const paint = coloursOf(process.stdout)
/** Colours for stderr. */
export const paintNote = coloursOf(process.stderr)

/** One line of text that somebody else chose: no control characters, no line breaks. */
export function clean(text: string): string {
  return withoutControl(text).replaceAll('\n', ' ').trim()
}

export function print(line = ''): void {
  process.stdout.write(`${line}\n`)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

export function note(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Several lines where the message lists problems; what to do next comes below. */
export function noteError(thrown: unknown): void {
  const error = toPlumblineError(thrown)
  note(`${paintNote.red('error')} ${withoutControl(error.message)}`)
  if (error.nextStep !== undefined)
    note(`  ${paintNote.dim('→')} ${withoutControl(error.nextStep)}`)
  if (error.code === 'internal' && thrown instanceof Error && thrown.stack !== undefined)
    note(paintNote.dim(withoutControl(thrown.stack)))
}

/** Columns of the terminal on stdout; undefined in a pipe, where nothing is cut. */
export function terminalWidth(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns : undefined
}
