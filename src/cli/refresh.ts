import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import type { Context } from '../context.ts'
import { listUpstreamStates } from '../history/upstream-state.ts'
import { chooseUpstreams } from '../refresh/choose-upstreams.ts'
import { withContext } from './command-context.ts'
import { enqueueAll, type Enqueued } from './enqueue-all.ts'
import { exitCodeOfRuns, exitCodes, interrupted } from './exit-codes.ts'
import { createLiveLines } from './live-lines.ts'
import { examples, newCommand } from './new-command.ts'
import { notesOf } from './run-lines.ts'
import { showDryRuns } from './show-dry-run.ts'
import { showRefresh } from './show-refresh.ts'
import { note, paintNote, print, printJson } from './terminal.ts'

export function refreshCommand() {
  return newCommand('refresh')
    .argument('[upstream...]', 'ids; none = every enabled one (with --provider: that knows it)')
    .option('--provider <id>', "only this provider's models", providerId)
    .option('--wait', 'show the progress and exit with the outcome')
    .addOption(
      new Option(
        '--dry-run',
        'print what would change, field by field, and write nothing',
      ).conflicts('wait'),
    )
    .option(
      '--force',
      'take the upstream at its word: no cooldown, no conditions, no guards, no grace',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        'plumbline refresh                            # all of them, returns at once',
        'plumbline refresh openrouter --wait          # exits 1 if it failed, 3 if something is held',
        'plumbline refresh models-dev --dry-run --provider openai',
      ),
    )
    .action(async (upstreams, { wait, dryRun, json = false, ...request }) => {
      process.exitCode = await withContext(async (context) => {
        if (!dryRun) await registerFirst(context)
        const targets = await chooseUpstreams(context, { upstreams, provider: request.provider })
        if (dryRun) return showDryRuns(context, targets, request, json)
        const enqueued = await enqueueAll(context, targets, request)
        return wait ? waitFor(context, enqueued, json) : report(enqueued, json)
      })
    })
}

function providerId(text: string): string {
  if (!/^[^\s/]+$/.test(text))
    throw new InvalidArgumentError('It must be a provider id, such as openai.')
  return text
}

/** On a database that no worker has seen yet; otherwise the table is the workers', whose settings may differ from ours. */
async function registerFirst(context: Context): Promise<void> {
  if ((await listUpstreamStates(context.db)).length === 0) await context.register()
}

function report(enqueued: readonly Enqueued[], json: boolean): number {
  if (json) printJson(enqueued)
  else for (const one of enqueued) print(describe(one))
  return enqueued.some(({ runId }) => runId === null) ? exitCodes.failed : exitCodes.done
}

function describe({ upstream, runId, status, reason }: Enqueued): string {
  if (runId === null) return `${upstream}  refused: ${reason}`
  return `${upstream}  run ${runId} ${status === 'joined' ? 'is under way already' : 'queued'}`
}

async function waitFor(
  context: Context,
  enqueued: readonly Enqueued[],
  json: boolean,
): Promise<number> {
  for (const one of enqueued.filter(({ runId }) => runId === null))
    note(`${paintNote.red('✗')} ${describe(one)}`)
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort())
  const runIds = enqueued.flatMap(({ runId }) => runId ?? [])
  const live = createLiveLines()
  try {
    const runs = await showRefresh(context.db, runIds, {
      live,
      signal: interrupt.signal,
      onUnattended: (waiting) => live.print(unattended(waiting)),
    })
    for (const text of notesOf(runs)) note(`${paintNote.yellow('Note:')} ${text}`)
    if (json) printJson(runs)
    return runIds.length < enqueued.length ? exitCodes.failed : exitCodeOfRuns(runs)
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
    note(`The refresh goes on; see it with: plumbline run ${runIds.join(' | plumbline run ')}`)
    return interrupted
  }
}

function unattended(waiting: readonly { upstream: string }[]): string {
  const ids = waiting.map(({ upstream }) => upstream).join(', ')
  return `${paintNote.yellow('!')} no worker has taken up ${ids}; start one with: plumbline worker`
}
