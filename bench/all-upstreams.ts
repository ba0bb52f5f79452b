/** What a first refresh of everything costs: time, and the memory of the one worker that does it. */
import type { RefreshRun } from '../src/history/runs.ts'
import { readSliceRuns } from '../src/history/runs.ts'
import { enqueueRefresh } from '../src/queue/enqueue.ts'
import { endOf, openLab, type RunningInstallation } from './lab.ts'
import type { Benchmark } from './report.ts'
import { startStandIns } from './stand-ins.ts'

const repetitions = 3

export const allUpstreams: Benchmark = {
  name: 'all-upstreams',
  about:
    'every upstream of the registry at once, from local copies of its list, Featherless with 20,000 rows.',
  measure: async () => {
    const standIns = await startStandIns()
    const lab = await openLab()
    try {
      const [times, peaks, listings, failed]: [number[], number[], number[], number[]] = [
        [],
        [],
        [],
        [],
      ]
      for (let repetition = 0; repetition < repetitions; repetition++)
        await lab.withWorker(async (running) => {
          const runs = await refreshAll(running, [...standIns.urls.keys()])
          times.push(spanMs(runs))
          peaks.push(running.worker.memory()?.peakMb ?? Number.NaN)
          listings.push(sum(runs.map(({ added }) => added)))
          failed.push(runs.filter(({ status }) => !settled.has(status)).length)
          if (repetition === 0) await tellOutcomes(running, runs)
        }, standIns.urls)
      return [
        { case: `${standIns.urls.size} upstreams`, values: times, unit: 'ms', target: 30_000 },
        { case: 'worker: most memory (VmHWM)', values: peaks, unit: 'MB', target: 400 },
        { case: 'listings', values: listings, unit: '' },
        { case: 'upstreams that failed', values: failed, unit: '', target: 1 },
      ]
    } finally {
      standIns.close()
      await lab.close()
    }
  },
}

const settled: ReadonlySet<string> = new Set(['applied', 'unchanged', 'held'])

async function refreshAll(
  { context }: RunningInstallation,
  upstreams: readonly string[],
): Promise<RefreshRun[]> {
  const request = { trigger: 'manual', actor: 'bench', options: {} } as const
  const queued = await Promise.all(
    upstreams.map((upstream) => enqueueRefresh(context, { ...request, upstream })),
  )
  return Promise.all(queued.map(({ id }) => endOf(context, id)))
}

/** From the first that is enqueued to the last that ends. */
function spanMs(runs: readonly RefreshRun[]): number {
  const ends = runs.map(({ endedAt }) => endedAt?.getTime() ?? Number.NaN)
  return Math.max(...ends) - Math.min(...runs.map(({ queuedAt }) => queuedAt.getTime()))
}

async function tellOutcomes(
  { context }: RunningInstallation,
  runs: readonly RefreshRun[],
): Promise<void> {
  for (const [outcome, same] of Map.groupBy(runs, ({ status }) => status))
    console.log(`${outcome}: ${same.map(({ upstream }) => upstream).join(' ')}`)
  for (const run of runs.filter(({ status }) => !settled.has(status))) {
    const slices = await readSliceRuns(context.db, run.id)
    const message = slices.find(({ status }) => status === 'failed')?.errorMessage
    console.log(`${run.upstream} ${run.status}: ${run.errorMessage}; ${message ?? ''}`)
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
