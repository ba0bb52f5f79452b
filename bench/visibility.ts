/**
 * How long after its commit a version is visible: in the answers of each of two API processes, and to
 * a subscriber of the event stream. A prober asks each process every few milliseconds, so what is
 * measured includes the time between two questions and the making of the answer.
 */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import { followCatalog } from '../src/client/index.ts'
import { startApiProcess, type ListeningProcess } from './api-process.ts'
import { openLab, type RunningInstallation } from './lab.ts'
import { readPayloadFile, withNamedModels } from './payload.ts'
import { percentile, type Benchmark, type Measurement } from './report.ts'
import type { PayloadServer } from './payload-server.ts'

const commits = 40
const probeEveryMs = 4
const path = '/api/v1/models?limit=1'

export const visibility: Benchmark = {
  name: 'visibility',
  about: 'from a commit, one a second, to the answers of two API processes and to a subscriber.',
  measure: async () => {
    const lab = await openLab()
    try {
      lab.upstream.serve(readPayloadFile().body)
      return await lab.withWorker(async (running) => {
        await running.refresh('applied')
        const apis = [await startApiProcess(running.env), await startApiProcess(running.env)]
        try {
          const quiet = await measureCommits('', running, lab.upstream, apis)
          const readers = readAll(apis)
          const loaded = await measureCommits(', 100 readers', running, lab.upstream, apis)
          await readers.stop()
          return [...quiet, ...loaded]
        } finally {
          for (const api of apis) await api.stop()
        }
      })
    } finally {
      await lab.close()
    }
  },
}

/** Version → milliseconds from its commit until it was seen. */
type Delays = Map<number, number>

async function measureCommits(
  circumstances: string,
  running: RunningInstallation,
  upstream: PayloadServer,
  apis: readonly ListeningProcess[],
): Promise<Measurement[]> {
  const { committedAt, seenAt, heardAt } = await watchCommits(running, upstream, apis)
  const delays = seenAt.map((seen) => delaysOf(committedAt, seen))
  // Visible to every process: the slowest one counts.
  const answered = [...committedAt.keys()].map((version) =>
    Math.max(...delays.map((each) => each.get(version) ?? Number.POSITIVE_INFINITY)),
  )
  const streamed = [...delaysOf(committedAt, heardAt).values()]
  const p99 = (values: readonly number[]) => [percentile(values, 99)]
  return [
    { case: `in answers of both${circumstances}`, values: answered, unit: 'ms' },
    { case: `the same, p99${circumstances}`, values: p99(answered), unit: 'ms', target: 200 },
    { case: `at a subscriber${circumstances}`, values: streamed, unit: 'ms' },
    { case: `the same, p99${circumstances}`, values: p99(streamed), unit: 'ms' },
  ]
}

async function watchCommits(
  { refresh, context }: RunningInstallation,
  upstream: PayloadServer,
  apis: readonly ListeningProcess[],
) {
  const heardAt: Delays = new Map()
  const committedAt: Delays = new Map()
  const follower = await followCatalog({
    url: apis[1]?.url ?? '',
    onChange(change) {
      heardAt.set(change.version, Date.now())
      if (change.type === 'changed') committedAt.set(change.version, Date.parse(change.committedAt))
    },
  })
  const probes = apis.map(({ url }) => probe(url + path))
  const { body } = readPayloadFile()
  for (let commit = 0; commit < commits; commit++) {
    const next = sleep(1000)
    upstream.serve(withNamedModels(body, 'openai', `Round ${++served}`))
    await refresh('applied')
    await next
  }
  const newest = Number((await context.db.catalogHead.findFirstOrThrow()).version)
  while ((follower.version ?? 0) < newest) await sleep(10)
  await follower.close()
  return { committedAt, heardAt, seenAt: await Promise.all(probes.map((each) => each.stop())) }
}

/** Each body differs from all that were served before. */
let served = 0

function delaysOf(committedAt: Delays, seenAt: Delays): Delays {
  const pairs = [...committedAt].map(([version, at]): [number, number] => [
    version,
    (seenAt.get(version) ?? Number.POSITIVE_INFINITY) - at,
  ])
  return new Map(pairs)
}

/** Notes when an answer was first of a version or of a later one. */
function probe(url: string): { stop: () => Promise<Delays> } {
  const seenAt: Delays = new Map()
  const stopped = new AbortController()
  const asking = (async () => {
    let last: number | undefined
    while (!stopped.signal.aborted) {
      const response = await fetch(url)
      await response.arrayBuffer()
      const version = Number(response.headers.get('x-catalog-version'))
      for (let seen = (last ?? version - 1) + 1; seen <= version; seen++)
        seenAt.set(seen, Date.now())
      last = version
      await sleep(probeEveryMs)
    }
  })()
  return {
    async stop() {
      stopped.abort()
      await asking
      return seenAt
    },
  }
}

/** Each as fast as it is answered, 50 on each process: as busy as the machine can be. */
function readAll(apis: readonly ListeningProcess[]): { stop: () => Promise<void> } {
  const loads = apis.map(({ url }) =>
    autocannon({ url: url + path, connections: 50, duration: 600 }, () => undefined),
  )
  return {
    async stop() {
      const ended = loads.map((load) => once(load, 'done'))
      for (const load of loads) load.stop()
      await Promise.all(ended)
    },
  }
}
