import { Option } from '@commander-js/extra-typings'
import { listRuns, openStatuses, outcomes, type RefreshRun } from '../history/runs.ts'
import { withContext } from './command-context.ts'
import { examples, newCommand, positiveNumber } from './new-command.ts'
import { changeCounts, statusLooks } from './run-lines.ts'
import { renderTable, type Cell } from './table.ts'
import { print, printJson } from './terminal.ts'
import { age, elapsed } from './times.ts'

const defaultLimit = 20

export function runsCommand() {
  return newCommand('runs')
    .option('--upstream <id>', 'only of this upstream')
    .addOption(
      new Option('--status <status>', 'only with this status').choices([
        ...openStatuses,
        ...outcomes,
      ]),
    )
    .option('--limit <count>', 'at most so many', positiveNumber, defaultLimit)
    .option('--before <run>', 'only older ones than this run: the next page', positiveNumber)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples('plumbline runs --status failed', 'plumbline runs --upstream openrouter --limit 5'),
    )
    .action(async ({ json, limit, upstream, status, before }) => {
      const filter = {
        limit,
        ...(upstream === undefined ? {} : { upstream }),
        ...(status === undefined ? {} : { status }),
        ...(before === undefined ? {} : { before }),
      }
      const runs = await withContext(({ db }) => listRuns(db, filter))
      if (json) return printJson(runs)
      print(runs.length === 0 ? 'No runs.' : runTable(runs))
    })
}

function runTable(runs: readonly RefreshRun[]): string {
  const now = new Date()
  const rows = runs.map((run): Cell[] => [
    String(run.id),
    run.upstream,
    run.options.provider ?? '',
    run.trigger,
    { text: run.status, colour: statusLooks[run.status].colour },
    age(run.startedAt ?? run.queuedAt, now),
    elapsed(run.startedAt, run.endedAt, now),
    changeCounts(run),
    { text: whyOf(run), colour: 'dim' },
  ])
  const head = [
    'run',
    'upstream',
    'provider',
    'trigger',
    'status',
    'ago',
    'took',
    'changes',
    'message',
  ]
  return renderTable(head, rows, { right: [0, 5, 6] })
}

function whyOf({ errorCode, errorMessage }: RefreshRun): string {
  if (errorMessage === null) return ''
  return errorCode === null ? errorMessage : `${errorCode}: ${errorMessage}`
}
