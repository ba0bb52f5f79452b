import { writeFile } from 'node:fs/promises'
import { Argument } from '@commander-js/extra-typings'
import { readCatalog, type Catalog } from '../catalog/read-catalog.ts'
import { PlumblineError } from '../errors.ts'
import { renderLitellm } from '../http/formats/litellm.ts'
import { renderModelsDev } from '../http/formats/models-dev.ts'
import { withContext } from './command-context.ts'
import { examples, newCommand } from './new-command.ts'
import { note, print } from './terminal.ts'
import { count } from './times.ts'

const formats = {
  'models-dev': ({ providers, models }: Catalog) => renderModelsDev(providers, models),
  litellm: ({ models }: Catalog) => renderLitellm(models),
} as const

type Format = keyof typeof formats
const formatNames = Object.keys(formats) as Format[]

export function exportCommand() {
  return newCommand('export')
    .addArgument(new Argument('<format>').choices(formatNames))
    .option('--output <file>', 'write to this file instead of stdout')
    .addHelpText(
      'after',
      examples(
        'plumbline export models-dev --output api.json',
        "plumbline export litellm | jq 'keys | length'",
      ),
    )
    .action(async (format, { output }) => {
      const catalog = await withContext(({ db }) => readCatalog(db))
      const text = formats[format](catalog)
      if (output === undefined) return print(text)
      await write(output, text)
      note(`${output}: version ${catalog.version}, ${count(Buffer.byteLength(text), 'byte')}`)
    })
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
