/** Follows runs until they have ended and shows how far they are: one line per upstream. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reader } from '../catalog/database.ts'
import { readRunProgress, type RunProgress } from '../history/run-progress.ts'
import { openStatuses, readRun, type RefreshRun } from '../history/runs.ts'
import type { LiveLines } from './live-lines.ts'
import { describeProgress, outcomeLine } from './run-lines.ts'
import { paintNote } from './terminal.ts'

export interface ShowRefreshOptions {
  live: LiveLines
  /** Ends the watching, not the refreshes: rejects with the signal's reason. */
  signal: AbortSignal
  /** When runs wait although this long has passed: nobody may be there to take them up. */
  onUnattended?: (runs: readonly RunProgress[]) => void
  /** Stop watching when nothing but these is under way. Default: watch to the end. */
  isEnough?: (open: readonly RunProgress[]) => boolean
}

const pollMs = 200
const unattendedAfterMs = 15_000
const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'

/** The runs that have ended, in the order of the ids. */
export async function showRefresh(
  reader: Reader,
  ids: readonly number[],
  options: ShowRefreshOptions,
): Promise<RefreshRun[]> {
  const { live, signal } = options
  const watch = createWatch(options)
  const ended = new Map<number, RefreshRun>()
  try {
    for (let frame = 0; ; frame++) {
      const progress = await readRunProgress(reader, ids)
      for (const { id } of progress.filter((run) => !isOpen(run) && !ended.has(run.id))) {
        const run = await readRun(reader, id)
        if (!run) continue
        ended.set(id, run)
        live.print(outcomeLine(run, widthOf(progress), paintNote))
      }
      const open = progress.filter(isOpen)
      if (open.length === 0 || options.isEnough?.(open))
        return ids.flatMap((id) => ended.get(id) ?? [])
      watch(open, widthOf(progress), frame)
      await sleep(pollMs, undefined, { signal })
    }
  } finally {
    live.show([])
  }
}

function isOpen({ status }: RunProgress): boolean {
  return openStatuses.some((open) => open === status)
}

function widthOf(runs: readonly RunProgress[]): number {
  return Math.max(...runs.map(({ upstream }) => upstream.length))
}

function createWatch({ live, onUnattended }: ShowRefreshOptions) {
  const told = new Map<number, string>()
  const startedAt = Date.now()
  let isUnattended = false
  return (open: readonly RunProgress[], width: number, frame: number): void => {
    const lines = open.map((run) => ({ run, ...describeProgress(run) }))
    if (live.isLive) {
      const mark = paintNote.cyan(spinner[frame % spinner.length] ?? '')
      live.show(lines.map(({ run, text }) => `${mark} ${run.upstream.padEnd(width)} ${text}`))
    } else
      for (const { run, news } of lines) {
        if (told.get(run.id) === news) continue
        told.set(run.id, news)
        live.print(`  ${run.upstream.padEnd(width)} ${news}`)
      }
    const waiting = open.filter(({ status }) => status === 'queued')
    if (isUnattended || waiting.length === 0 || Date.now() - startedAt < unattendedAfterMs) return
    isUnattended = true
    onUnattended?.(waiting)
  }
}
