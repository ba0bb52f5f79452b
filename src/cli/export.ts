import { writeFile } from 'node:fs/promises'
import { Argument } from '@commander-js/extra-typings'
import { PlumblineError } from '../errors.ts'
import { formats } from '../http/formats/format-table.ts'
import type { Format } from '../http/formats/format.ts'
import { renderFormat } from '../http/formats/render-format.ts'
import { readFormatSource } from '../http/publishing/format-source.ts'
import { withContext } from './command-context.ts'
import { examples, newCommand } from './new-command.ts'
import { note, print } from './terminal.ts'
import { count } from './times.ts'

const formatNames = formats.map(({ name }) => name)

export function exportCommand() {
  return newCommand('export')
    .addArgument(new Argument('<format>', 'as the API serves it').choices(formatNames))
    .option('--output <file>', 'write to this file instead of stdout')
    .addHelpText(
      'after',
      examples(
        'plumbline export models-dev --output api.json',
        "plumbline export litellm-ours | jq 'keys | length'",
      ),
    )
    .action(async (name, { output }) => {
      const format = requireFormat(name)
      const source = await withContext(({ reads }) =>
        readFormatSource(reads, 'all', new Set(format.needs)),
      )
      const { text, candidate } = renderFormat(format, source)
      const refusal = format.accept(candidate, undefined)
      if (refusal !== undefined)
        note(`The tools that read ${name} would not take this: ${refusal}.`)
      if (output === undefined) return print(text)
      await write(output, text)
      note(`${output}: version ${source.version}, ${count(Buffer.byteLength(text), 'byte')}`)
    })
}

function requireFormat(name: string): Format {
  const format = formats.find((one) => one.name === name)
  if (format) return format
  throw new PlumblineError('invalid_argument', `There is no format ${name}.`)
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PlumblineError('invalid_argument', `${file} cannot be written: ${reason}`, {
      cause: error,
    })
  }
}
