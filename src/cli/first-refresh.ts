/** The refresh with which `up` begins. */
import type { Context } from '../context.ts'
import type { RunProgress } from '../history/run-progress.ts'
import type { RefreshRun } from '../history/runs.ts'
import { chooseUpstreams } from '../refresh/choose-upstreams.ts'
import { enqueueAll } from './enqueue-all.ts'
import type { LiveLines } from './live-lines.ts'
import { announceReady, type Serving } from './run-until-stopped.ts'
import { showRefresh } from './show-refresh.ts'
import { startWorking } from './start-working.ts'
import { noteError } from './terminal.ts'
import { count } from './times.ts'

export interface FirstRefresh {
  runs: RefreshRun[]
  /** Upstreams whose refresh has not come to an end. */
  pending: string[]
}

/**
 * Enqueues before anything works: a schedule that fires at the start finds the open run and leaves it
 * alone. Whatever comes of it, the process goes on serving.
 */
export async function refreshOnce(
  context: Context,
  serving: Serving,
  live: LiveLines,
): Promise<FirstRefresh> {
  const upstreams = await chooseUpstreams(context, { upstreams: [] })
  const enqueued = await enqueueAll(context, upstreams, {}, 'startup')
  live.print(`Refreshing ${count(upstreams.length, 'upstream')}`)
  startWorking(context, serving)
  announceReady(context.log, 'up ready')
  const runIds = enqueued.flatMap(({ runId }) => runId ?? [])
  const runs = await watch(context, runIds, serving, live)
  const ended = new Set(runs.map(({ upstream }) => upstream))
  return { runs, pending: upstreams.filter((upstream) => !ended.has(upstream)) }
}

async function watch(
  { db, log }: Context,
  runIds: readonly number[],
  { signal }: Serving,
  live: LiveLines,
): Promise<RefreshRun[]> {
  const { level } = log
  // What is retried is shown already; an error still gets through.
  if (level === 'warn') log.level = 'error'
  try {
    return await showRefresh(db, runIds, { live, signal, isEnough: onlyFailingFor(patienceMs) })
  } catch (thrown) {
    signal.throwIfAborted()
    noteError(thrown)
    return []
  } finally {
    log.level = level
  }
}

/** Longer than four attempts take; an upstream that failed often before is left alone for a minute. */
const patienceMs = 15_000

function onlyFailingFor(ms: number): (open: readonly RunProgress[]) => boolean {
  const startedAt = Date.now()
  return (open) => Date.now() - startedAt > ms && open.every(({ errorCode }) => errorCode !== null)
}
