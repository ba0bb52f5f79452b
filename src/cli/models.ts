import type { Context } from '../context.ts'
import { parseModelKey } from '../catalog/model.ts'
import { viewModel } from '../catalog/model-view.ts'
import type { StoredModel } from '../catalog/models.ts'
import { countModels, listModels, readModels } from '../catalog/read-models.ts'
import { readVersion } from '../catalog/versions.ts'
import { PlumblineError } from '../errors.ts'
import { withContext } from './command-context.ts'
import { compareTable } from './compare-table.ts'
import { printModelCard, readModelCard, viewModelCard } from './model-card.ts'
import { newModelsCommand, toQuery, type PageQuery } from './model-options.ts'
import { modelTable } from './model-table.ts'
import { examples, newCommand } from './new-command.ts'
import { noModel } from './no-model.ts'
import { offersCommand } from './offers.ts'
import { note, print, printJson } from './terminal.ts'
import { count } from './times.ts'

export function modelsCommand() {
  return newCommand('models')
    .addCommand(listCommand())
    .addCommand(searchCommand())
    .addCommand(infoCommand())
    .addCommand(compareCommand())
    .addCommand(offersCommand())
}

function listCommand() {
  return newModelsCommand('list')
    .description('List models by filters.')
    .addHelpText(
      'after',
      examples(
        'plumbline models list --provider openai --capability vision --sort input_price',
        'plumbline models list --max-input-price 0.5 --min-context 200000',
      ),
    )
    .action(async ({ json = false, ...options }) => showPage(toQuery(options), json))
}

function searchCommand() {
  return newModelsCommand('search')
    .description('Find models by id, name, family or provider; typos are forgiven.')
    .argument('<words...>')
    .addHelpText('after', examples('plumbline models search claude sonnet'))
    .action(async (words, { json = false, ...options }) =>
      showPage(toQuery({ ...options, search: words.join(' ') }), json),
    )
}

async function showPage(query: PageQuery, json: boolean): Promise<void> {
  const { models, total, version } = await withContext(({ reads }) => readPage(reads, query))
  const { page, limit } = query
  if (json) return printJson({ version, total, page, limit, models: models.map(viewModel) })
  print(models.length === 0 ? 'No models.' : modelTable(models))
  const more = moreOf(models.length, total, query)
  if (more !== undefined) note(more)
}

function readPage(reads: Context['reads'], query: PageQuery) {
  return reads.inSnapshot(async (reader) => {
    const [version, { models, total }] = await Promise.all([
      readVersion(reader),
      listModels(reader, { ...query, isCounted: true }),
    ])
    return { version, models, total: total ?? (await countModels(reader, query)) }
  })
}

function moreOf(shown: number, total: number, { page, limit }: PageQuery): string | undefined {
  const before = (page - 1) * limit
  if (shown === total) return undefined
  const last = before + shown
  const next = last < total ? `; more: --page ${page + 1}` : ''
  return `${before + 1} to ${last} of ${count(total, 'model')}${next}`
}

function infoCommand() {
  return newCommand('info', 'plumbline models')
    .description('Show everything that is known of one model.')
    .argument('<id>', 'provider/model-id')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('plumbline models info openai/gpt-5'))
    .action(async (id, { json }) => {
      const card = await withContext((context) => readModelCard(context, id))
      if (json) printJson(viewModelCard(card))
      else printModelCard(card)
    })
}

const comparable = { least: 2, most: 10 } as const

function compareCommand() {
  return newCommand('compare', 'plumbline models')
    .description('Put 2 to 10 models side by side.')
    .argument('<ids...>', 'provider/model-id')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples('plumbline models compare openai/gpt-5 anthropic/claude-sonnet-4-5'),
    )
    .action(async (ids, { json }) => {
      if (ids.length < comparable.least || ids.length > comparable.most)
        throw new PlumblineError('invalid_argument', `Name 2 to 10 models, not ${ids.length}.`)
      const models = await withContext((context) => readAll(context, ids))
      if (json) printJson(models.map(viewModel))
      else print(compareTable(models))
    })
}

async function readAll({ db }: Context, ids: readonly string[]): Promise<StoredModel[]> {
  const models: StoredModel[] = []
  for (const id of ids) {
    const key = parseModelKey(id)
    const [model] = key ? await readModels(db, [key]) : []
    if (!model) throw await noModel(db, id)
    models.push(model)
  }
  return models
}
