/** A refresh in one line: while it is under way, and how it ended. */
import type { RunProgress } from '../history/run-progress.ts'
import type { RefreshRun, RunStatus } from '../history/runs.ts'
import { clean, type Colours } from './terminal.ts'
import { count, elapsed, grouped } from './times.ts'

export interface Progress {
  /** For a display that is redrawn. */
  text: string
  /** For a log: it changes only when there is something new to tell. */
  news: string
}

export function describeProgress(run: RunProgress): Progress {
  const { status, attempt, entries, slices, endedSlices, errorCode, errorMessage } = run
  if (status === 'queued') return same('queued')
  if (errorCode !== null) {
    const reason = clean(errorMessage ?? errorCode)
    return {
      text: `trying again (attempt ${attempt}) after: ${reason}`,
      news: `trying again after: ${reason}`,
    }
  }
  if (slices > 0)
    return {
      text: `applying ${endedSlices}/${count(slices, 'provider')}`,
      news: `applying ${count(slices, 'provider')}`,
    }
  return same(entries > 0 ? `comparing ${count(entries, 'entry', 'entries')}` : 'fetching')
}

function same(text: string): Progress {
  return { text, news: text }
}

interface Look {
  symbol: string
  colour: 'green' | 'yellow' | 'red' | 'dim' | 'cyan'
}

export const statusLooks: Readonly<Record<RunStatus, Look>> = {
  queued: { symbol: '·', colour: 'dim' },
  running: { symbol: '›', colour: 'cyan' },
  applied: { symbol: '✓', colour: 'green' },
  unchanged: { symbol: '=', colour: 'green' },
  superseded: { symbol: '=', colour: 'dim' },
  held: { symbol: '!', colour: 'yellow' },
  partial: { symbol: '✗', colour: 'red' },
  failed: { symbol: '✗', colour: 'red' },
  cancelled: { symbol: '✗', colour: 'yellow' },
}

/** `✓ models-dev    applied    1.4 s  +12 ~3 −0`, or why it failed. */
export function outcomeLine(run: RefreshRun, width: number, colours: Colours): string {
  const { status, upstream, startedAt, endedAt } = run
  const { symbol, colour } = statusLooks[status]
  const parts = [
    colours[colour](symbol),
    upstream.padEnd(width),
    colours[colour](status.padEnd(longestStatus)),
    elapsed(startedAt, endedAt).padStart(longestTime),
    hasFailed(run) ? ` ${failureOf(run)}` : ` ${changeCounts(run)}`,
  ]
  return parts.join(' ').trimEnd()
}

const longestStatus = 'superseded'.length
const longestTime = '99.9 s'.length

function hasFailed({ status }: RefreshRun): boolean {
  return status === 'failed' || status === 'cancelled' || status === 'partial'
}

function failureOf(run: RefreshRun): string {
  const { errorCode, errorMessage } = run
  return [changeCounts(run), clean(errorMessage ?? errorCode ?? '')]
    .filter((text) => text !== '')
    .join('  ')
}

/** What a reader should know of runs that went well: such as that a packed copy was applied. */
export function notesOf(runs: readonly RefreshRun[]): string[] {
  return runs.flatMap((run) =>
    hasFailed(run) || run.errorMessage === null ? [] : [clean(run.errorMessage)],
  )
}

/** `+12 ~3 −0`, and what else there is to know; empty when nothing changed. */
export function changeCounts(run: RefreshRun): string {
  const { added, updated, removed, missing, held, rejected, status } = run
  const counts = [
    missing > 0 ? `${grouped(missing)} missing` : '',
    held > 0 ? `${grouped(held)} held` : '',
    rejected > 0 ? `${grouped(rejected)} rejected` : '',
  ]
  const hasChanged = added + updated + removed > 0 || status === 'applied'
  if (hasChanged) counts.unshift(`+${grouped(added)} ~${grouped(updated)} −${grouped(removed)}`)
  return counts.filter((text) => text !== '').join(', ')
}
