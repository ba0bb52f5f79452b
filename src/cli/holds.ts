import { Option, type Command } from '@commander-js/extra-typings'
import type { Context } from '../context.ts'
import { modelKey } from '../catalog/model.ts'
import { PlumblineError, toPlumblineError } from '../errors.ts'
import { listHolds, listHoldsOfRun, type Hold } from '../history/holds.ts'
import { approveHold, rejectHold, type Decision } from '../refresh/decide-hold.ts'
import { cliActor, withAnnouncingContext, withContext } from './command-context.ts'
import { exitCodes } from './exit-codes.ts'
import { showValue } from './field-changes.ts'
import { examples, newCommand, positiveNumber } from './new-command.ts'
import { renderTable, type Cell } from './table.ts'
import { clean, note, paintNote, print, printJson } from './terminal.ts'
import { age } from './times.ts'

const statuses = [
  'open',
  'approved',
  'rejected',
  'released',
  'superseded',
  'withdrawn',
  'all',
] as const

export function holdsCommand() {
  const command = newCommand('holds').addHelpText(
    'after',
    examples(
      'plumbline holds list',
      'plumbline holds approve 3 4 --comment "announced on their blog"',
      'plumbline holds reject --run 12',
    ),
  )
  command
    .command('list')
    .description('List the changes that wait for review.')
    .addOption(new Option('--status <status>').choices(statuses).default('open' as const))
    .option('--json', 'print JSON')
    .addHelpText('after', examples('plumbline holds list --status rejected'))
    .action(async ({ status, json }) => {
      const holds = await withContext(({ db }) => listHolds(db, status))
      if (json) return printJson(holds.map(viewHold))
      print(holds.length === 0 ? 'Nothing is held.' : holdTable(holds))
    })
  addDecision(
    command.command('approve').description('Apply what is held, from the archive.'),
    approve,
  )
  addDecision(
    command
      .command('reject')
      .description('Keep what is stored; the same content is not held again.'),
    reject,
  )
  return command
}

type Decide = (context: Context, id: number, decision: Decision) => Promise<string>

async function approve(context: Context, id: number, decision: Decision): Promise<string> {
  return `approved, ${await approveHold(context, id, decision)}`
}

async function reject(context: Context, id: number, decision: Decision): Promise<string> {
  await rejectHold(context, id, decision)
  return 'rejected'
}

function addDecision(command: Command, decide: Decide): void {
  const name = command.name()
  command
    .argument('[id...]', 'numbers of holds', holdIds, [])
    .option('--run <id>', 'every open hold of this run', positiveNumber)
    .option('--all', 'every open hold')
    .option('--comment <text>', 'why: it is kept in the history')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(`plumbline holds ${name} 3`, `plumbline holds ${name} --run 12`))
    .action(async (ids, { run, all, comment, json = false }) => {
      process.exitCode = await withAnnouncingContext(async (context) => {
        const chosen = await chooseHolds(context, { ids, run, all })
        const decision = { actor: cliActor(), ...(comment === undefined ? {} : { comment }) }
        return decideAll(context, chosen, decision, decide, json)
      })
    })
}

function holdIds(text: string, previous: readonly number[]): number[] {
  return [...previous, positiveNumber(text)]
}

interface HoldChoice {
  ids: readonly number[]
  run?: number | undefined
  all?: boolean | undefined
}

async function chooseHolds({ db }: Context, { ids, run, all }: HoldChoice): Promise<number[]> {
  if ([ids.length > 0, run !== undefined, all === true].filter(Boolean).length !== 1)
    throw new PlumblineError('invalid_argument', 'Name the holds, or use one of --run and --all.', {
      nextStep: 'plumbline holds list',
    })
  if (ids.length > 0) return [...new Set(ids)]
  const holds = run === undefined ? await listHolds(db, 'open') : await listHoldsOfRun(db, run)
  return holds.map(({ id }) => id).sort((a, b) => a - b)
}

interface Decided {
  id: number
  outcome: string | null
  error: { code: string; message: string } | null
}

async function decideAll(
  context: Context,
  ids: readonly number[],
  decision: Decision,
  decide: Decide,
  json: boolean,
): Promise<number> {
  const decided: Decided[] = []
  for (const id of ids) {
    const result = await decideOne(context, id, decision, decide)
    decided.push(result)
    if (json) continue
    if (result.error) note(`${paintNote.red('✗')} ${clean(result.error.message)}`)
    else print(`hold ${id} ${result.outcome}`)
  }
  if (json) printJson(decided)
  else if (ids.length === 0) print('Nothing is held.')
  return decided.some(({ error }) => error) ? exitCodes.failed : exitCodes.done
}

/** One that fails does not stop the others. */
async function decideOne(
  context: Context,
  id: number,
  decision: Decision,
  decide: Decide,
): Promise<Decided> {
  try {
    return { id, outcome: await decide(context, id, decision), error: null }
  } catch (thrown) {
    const { code, message } = toPlumblineError(thrown)
    return { id, outcome: null, error: { code, message } }
  }
}

function viewHold(hold: Hold): object {
  return { ...hold, model: modelOf(hold) }
}

function modelOf({ provider, modelId }: Hold): string | null {
  return modelId === null ? null : modelKey({ provider, modelId })
}

function holdTable(holds: readonly Hold[]): string {
  const now = new Date()
  const rows = holds.map((hold): Cell[] => [
    String(hold.id),
    age(hold.status === 'open' ? hold.heldSince : hold.openedAt, now),
    hold.upstream,
    modelOf(hold) ?? `${hold.provider} (all of it)`,
    { text: hold.reason, colour: 'yellow' },
    hold.field === null
      ? hold.message
      : `${hold.field}: ${showValue(hold.from)} → ${showValue(hold.to)}`,
    ...(hold.status === 'open' ? [] : [statusOf(hold)]),
  ])
  const head = ['hold', 'ago', 'upstream', 'of', 'reason', 'what']
  return renderTable(
    rows.some((row) => row.length > head.length) ? [...head, 'decided'] : head,
    rows,
    { right: [0, 1] },
  )
}

function statusOf({ status, decidedBy, supersededBy, comment }: Hold): Cell {
  const decider = supersededBy === null ? decidedBy : `hold ${supersededBy}`
  const by = decider === null ? '' : ` by ${decider}`
  return { text: `${status}${by}${comment === null ? '' : `: ${comment}`}`, colour: 'dim' }
}
