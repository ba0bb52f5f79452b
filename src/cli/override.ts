import { fieldNames, isFieldName, modelFields } from '../catalog/fields.ts'
import { modelKey, parseModelKey } from '../catalog/model.ts'
import { listOverrides, type Override } from '../catalog/overrides.ts'
import { InvalidArgumentError } from '@commander-js/extra-typings'
import { readDuration, readFlag } from '../config-values.ts'
import { clearOverride, setOverride } from '../refresh/set-override.ts'
import { cliActor, withAnnouncingContext, withContext } from './command-context.ts'
import { showValue } from './field-changes.ts'
import { examples, newCommand } from './new-command.ts'
import { renderTable, type Cell } from './table.ts'
import { print, printJson } from './terminal.ts'

export function overrideCommand() {
  return newCommand('override')
    .addCommand(setCommand())
    .addCommand(clearCommand())
    .addCommand(listCommand())
}

function setCommand() {
  return newCommand('set', 'plumbline override')
    .description('Set a field of a model; it is merged at once and no sync overwrites it.')
    .argument('<id>', 'provider/model-id', modelId)
    .argument('<field>', 'a field, or price.<component>')
    .argument('<value>', 'text, number, true or false, a comma list, or USD per million tokens')
    .option('--reason <text>', 'why: it is kept with the override')
    .option('--expires <duration>', 'it ends after 12h, 30d, …', expiry)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `\nFields: ${fieldNames.join(', ')}; price.input, price.output;mode=batch, …`,
    )
    .addHelpText(
      'after',
      examples(
        'plumbline override set openai/gpt-5 contextWindow 400000 --reason "measured"',
        "plumbline override set openai/gpt-5 'price.input;mode=batch' 0.625 --expires 30d",
      ),
    )
    .action(async (id, field, value, { reason = null, expires = null, json }) => {
      const version = await withAnnouncingContext((context) =>
        setOverride(context, {
          ...id,
          field,
          value: readValue(field, value),
          reason,
          expiresAt: expires,
          actor: cliActor(),
        }),
      )
      reportVersion(`${modelKey(id)} ${field}`, version, json)
    })
}

function clearCommand() {
  return newCommand('clear', 'plumbline override')
    .description('Go back to what upstreams say.')
    .argument('<id>', 'provider/model-id', modelId)
    .argument('<field>')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('plumbline override clear openai/gpt-5 contextWindow'))
    .action(async (id, field, { json }) => {
      const version = await withAnnouncingContext((context) =>
        clearOverride(context, { ...id, field, actor: cliActor() }),
      )
      reportVersion(`${modelKey(id)} ${field}`, version, json)
    })
}

function listCommand() {
  return newCommand('list', 'plumbline override')
    .description('List the overrides that are in force or have ended.')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('plumbline override list'))
    .action(async ({ json }) => {
      const overrides = await withContext(({ db }) => listOverrides(db))
      if (json) return printJson(overrides.map((one) => ({ id: modelKey(one), ...one })))
      print(overrides.length === 0 ? 'No overrides.' : overrideTable(overrides))
    })
}

function reportVersion(what: string, version: number | undefined, json?: true): void {
  if (json) return printJson({ version: version ?? null })
  print(version === undefined ? `${what}: nothing changed` : `${what}: done, version ${version}`)
}

function modelId(text: string): { provider: string; modelId: string } {
  const key = parseModelKey(text)
  if (key) return key
  throw new InvalidArgumentError('It must be provider/model-id.')
}

function expiry(text: string): Date {
  const ms = readDuration(text)
  if (ms === undefined || ms === 0) throw new InvalidArgumentError('It must be 12h, 30d, …')
  return new Date(Date.now() + ms)
}

/** Text of the command line in the type of the field; what does not fit is refused where it is checked. */
function readValue(field: string, text: string): unknown {
  if (!isFieldName(field)) return text
  const { kind } = modelFields[field]
  if (kind === 'flag') return readFlag(text) ?? text
  if (kind === 'integer') return /^\d+$/.test(text) ? Number(text) : text
  return kind === 'list' ? text.split(',').map((item) => item.trim()) : text
}

function overrideTable(overrides: readonly Override[]): string {
  const rows = overrides.map((one): Cell[] => [
    modelKey(one),
    one.field,
    showValue(one.value),
    one.actor,
    one.createdAt.toISOString().slice(0, 10),
    one.expiresAt?.toISOString().slice(0, 16) ?? 'never',
    one.reason ?? '',
  ])
  return renderTable(['model', 'field', 'value', 'by', 'since', 'expires', 'reason'], rows)
}
