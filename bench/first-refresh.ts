import { openLab } from './lab.ts'
import { readPayloadFile } from './payload.ts'
import type { Benchmark } from './report.ts'

const repetitions = 7

export const firstRefresh: Benchmark = {
  name: 'first-refresh',
  about:
    'a whole models.dev into an empty catalog: from enqueueing to the last commit, by one worker process.',
  measure: async () => {
    const lab = await openLab()
    try {
      const [times, peaks, idle]: number[][] = [[], [], []]
      lab.upstream.serve(readPayloadFile().body)
      for (let repetition = 0; repetition < repetitions; repetition++)
        await lab.withWorker(async ({ refresh, worker }) => {
          idle?.push(worker.memory()?.residentMb ?? Number.NaN)
          times?.push((await refresh('applied')).ms)
          peaks?.push(worker.memory()?.peakMb ?? Number.NaN)
        })
      return [
        { case: 'first refresh', values: times ?? [], unit: 'ms', target: 5000 },
        { case: 'worker: most memory (VmHWM)', values: peaks ?? [], unit: 'MB', target: 300 },
        { case: 'worker: memory before the first job', values: idle ?? [], unit: 'MB' },
      ]
    } finally {
      await lab.close()
    }
  },
}
