/** Refreshes of a catalog that is full: what nearly every refresh is. One worker process does them all. */
import { openLab, type RunningInstallation } from './lab.ts'
import { readPayloadFile, reshuffled, withChangedModels } from './payload.ts'
import type { PayloadServer } from './payload-server.ts'
import type { Benchmark, Measurement } from './report.ts'

export const unchanged: Benchmark = {
  name: 'unchanged',
  about: 'a refresh when nothing has changed: a 304, and the same bytes without a validator.',
  measure: () =>
    onFullCatalog(async ({ refresh, worker }, upstream) => {
      const sameBytes = await repeat(30, async () => (await refresh('unchanged')).ms)
      upstream.serve(readPayloadFile().body, '"bench"')
      // A forced refresh of the same body makes its ETag known.
      await refresh('unchanged', { force: true })
      const notModified = await repeat(30, async () => {
        const { ms, run } = await refresh('unchanged')
        if (run.httpStatus !== 304) throw new Error(`The answer was ${run.httpStatus}.`)
        return ms
      })
      return [
        { case: '304', values: notModified, unit: 'ms', target: 150 },
        { case: 'the same bytes', values: sameBytes, unit: 'ms', target: 150 },
        peakOf(worker),
      ]
    }),
}

export const onePercent: Benchmark = {
  name: 'one-percent',
  about: 'a refresh in which every hundredth model has other prices and another name.',
  measure: () =>
    onFullCatalog(async ({ refresh, worker }, upstream) => {
      const values = await repeat(30, async (round) => {
        upstream.serve(withChangedModels(readPayloadFile().body, 100, round))
        return (await refresh('applied')).ms
      })
      return [{ case: '1 % changed', values, unit: 'ms', target: 600 }, peakOf(worker)]
    }),
}

export const rewritten: Benchmark = {
  name: 'rewritten',
  about:
    'bodies that differ everywhere: another order with the same content, and every model changed.',
  measure: () =>
    onFullCatalog(async ({ refresh, worker }, upstream) => {
      const { body } = readPayloadFile()
      const reordered = await repeat(15, async (round) => {
        upstream.serve(round % 2 === 1 ? reshuffled(body) : body)
        return (await refresh('unchanged')).ms
      })
      const allChanged = await repeat(7, async (round) => {
        upstream.serve(withChangedModels(body, 1, round))
        return (await refresh('applied')).ms
      })
      return [
        { case: 'another order', values: reordered, unit: 'ms' },
        { case: 'every model changed', values: allChanged, unit: 'ms', target: 5000 },
        peakOf(worker),
      ]
    }),
}

/** Rounds count from 1. */
async function repeat(times: number, act: (round: number) => Promise<number>): Promise<number[]> {
  const values: number[] = []
  for (let round = 1; round <= times; round++) values.push(await act(round))
  return values
}

async function onFullCatalog(
  measure: (running: RunningInstallation, upstream: PayloadServer) => Promise<Measurement[]>,
): Promise<Measurement[]> {
  const lab = await openLab()
  try {
    lab.upstream.serve(readPayloadFile().body)
    return await lab.withWorker(async (running) => {
      await running.refresh('applied')
      return measure(running, lab.upstream)
    })
  } finally {
    await lab.close()
  }
}

function peakOf(worker: RunningInstallation['worker']): Measurement {
  const peak = worker.memory()?.peakMb ?? Number.NaN
  return { case: 'worker: most memory (VmHWM)', values: [peak], unit: 'MB' }
}
