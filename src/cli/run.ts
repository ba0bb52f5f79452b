import { PlumblineError } from '../errors.ts'
import { readRejects, type RejectRow } from '../history/rejects.ts'
import { readRun, readSliceRuns, type RefreshRun } from '../history/runs.ts'
import { withContext } from './command-context.ts'
import { printFacts } from './facts.ts'
import { examples, newCommand, positiveNumber } from './new-command.ts'
import { changeCounts, statusLooks } from './run-lines.ts'
import { renderTable, type Cell } from './table.ts'
import { clean, paint, print, printJson } from './terminal.ts'
import { count, duration, elapsed, grouped } from './times.ts'

interface RunDetail {
  run: RefreshRun
  slices: RefreshRun[]
  rejects: RejectRow[]
}

export function runCommand() {
  return newCommand('run')
    .argument('<id>', 'its number', positiveNumber)
    .option('--all', 'every slice and every reject, not only the telling ones')
    .option('--json', 'print JSON, with the raw text of the rejects')
    .addHelpText(
      'after',
      examples('plumbline run 12', "plumbline run 12 --json | jq '.rejects[].reason'"),
    )
    .action(async (id, { all = false, json }) => {
      const detail = await withContext(async ({ db }): Promise<RunDetail> => {
        const run = await readRun(db, id)
        if (!run)
          throw new PlumblineError('not_found', `There is no run ${id}.`, {
            nextStep: 'plumbline runs',
          })
        return { run, slices: await readSliceRuns(db, id), rejects: await readRejects(db, id) }
      })
      if (json) printJson({ ...detail.run, sliceRuns: detail.slices, rejects: detail.rejects })
      else printRun(detail, all)
    })
}

function printRun({ run, slices, rejects }: RunDetail, all: boolean): void {
  printFacts(factsOf(run))
  if (run.nextStep !== null) print(`${paint.dim('→')} ${clean(run.nextStep)}`)
  printSlices(slices, all)
  printRejects(rejects, all)
}

function factsOf(run: RefreshRun): Record<string, string | undefined> {
  const { options, errorCode, errorMessage } = run
  return {
    run: String(run.id),
    upstream: run.upstream,
    provider: run.provider ?? options.provider,
    status: run.status,
    trigger: `${run.trigger}${run.actor === null ? '' : ` by ${run.actor}`}${options.force ? ', forced' : ''}`,
    queued: run.queuedAt.toISOString(),
    started: run.startedAt?.toISOString(),
    ended: run.endedAt?.toISOString(),
    took: elapsed(run.startedAt, run.endedAt) || undefined,
    attempt: run.attempt > 1 ? String(run.attempt) : undefined,
    'http status': run.httpStatus === null ? undefined : String(run.httpStatus),
    bytes: run.bytes === null ? undefined : grouped(run.bytes),
    entries: `${grouped(run.entries)}, ${grouped(run.rejected)} rejected`,
    listings: listingsOf(run),
    prices: run.priceChanges > 0 ? count(run.priceChanges, 'change') : undefined,
    held: run.held > 0 ? `${run.held}, see: plumbline holds list` : undefined,
    version: run.version === null ? undefined : String(run.version),
    phases: phasesOf(run),
    [errorCode === null ? 'note' : 'error']:
      errorMessage === null ? undefined : [errorCode, errorMessage].filter(Boolean).join(': '),
  }
}

function listingsOf({ added, updated, removed, missing, unchanged }: RefreshRun): string {
  return `+${grouped(added)} ~${grouped(updated)} −${grouped(removed)}, ${grouped(missing)} missing, ${grouped(unchanged)} unchanged`
}

function phasesOf({ phases }: RefreshRun): string | undefined {
  const spans = Object.entries(phases).map(([phase, ms]) => `${phase} ${duration(ms)}`)
  return spans.length === 0 ? undefined : spans.join(', ')
}

/** A slice that was applied in full, or had nothing new, is no news. */
function printSlices(slices: readonly RefreshRun[], all: boolean): void {
  if (slices.length === 0) return
  const telling = slices.filter(
    ({ status, held }) => all || !['applied', 'unchanged'].includes(status) || held > 0,
  )
  print(
    `\n${count(slices.length, 'slice')}${hint(slices.length - telling.length, 'without a problem')}`,
  )
  if (telling.length === 0) return
  const rows = telling.map((slice): Cell[] => [
    String(slice.id),
    slice.provider ?? '',
    { text: slice.status, colour: statusLooks[slice.status].colour },
    elapsed(slice.startedAt, slice.endedAt),
    changeCounts(slice),
    [slice.errorCode, slice.errorMessage].filter(Boolean).join(': '),
  ])
  print(
    renderTable(['run', 'provider', 'status', 'took', 'changes', 'message'], rows, {
      right: [0, 3],
    }),
  )
}

const fewRejects = 20

function printRejects(rejects: readonly RejectRow[], all: boolean): void {
  if (rejects.length === 0) return
  const shown = all ? rejects : rejects.slice(0, fewRejects)
  print(`\n${count(rejects.length, 'reject')}${hint(rejects.length - shown.length, 'more')}`)
  const rows = shown.map((reject): Cell[] => [
    reject.provider ?? '',
    reject.entryId ?? '',
    { text: reject.reason, colour: 'yellow' },
    reject.message,
  ])
  print(renderTable(['provider', 'entry', 'reason', 'message'], rows))
}

function hint(hidden: number, what: string): string {
  return hidden > 0 ? paint.dim(`  (${grouped(hidden)} ${what}: --all)`) : ''
}
