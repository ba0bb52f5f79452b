/**
 * The pipeline on a real database and a real HTTP upstream, without a queue: slices are refreshed one
 * after the other in this process. Queue and crashes have tests of their own.
 */
import { openDatabase, type Db } from '../../src/catalog/database.ts'
import { createLogger } from '../../src/log.ts'
import { createMetrics, type Metrics } from '../../src/metrics.ts'
import { closeCollect } from '../../src/refresh/close-collect.ts'
import { collectUpstream } from '../../src/refresh/collect-upstream.ts'
import type { EnqueueSlices } from '../../src/refresh/hand-on-slices.ts'
import type { RefreshContext } from '../../src/refresh/refresh-context.ts'
import { refreshProvider } from '../../src/refresh/refresh-provider.ts'
import { readRun, type RefreshRun, type RunOptions } from '../../src/history/runs.ts'
import { queueRun } from '../../src/history/open-runs.ts'
import { registerUpstreams } from '../../src/history/upstream-state.ts'
import { authorityOf, type ConfiguredUpstream } from '../../src/upstreams/configured-upstream.ts'
import { createFetcher } from '../../src/upstreams/fetch.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'
import { createDatabase } from './database.ts'

export interface Pipeline {
  db: Db
  metrics: Metrics
  context: RefreshContext
  /** Sets the time at which the next snapshots are fetched. */
  at: (time: string | undefined) => void
  /** Runs one collect to its end and gives its run. Failures are in the run, not thrown. */
  refresh: (upstream: string, options?: RunOptions) => Promise<RefreshRun>
  /** A collect whose slices are handed to the caller instead of being refreshed. */
  collect: (upstream: string, enqueue: EnqueueSlices) => Promise<RefreshRun>
  close: () => Promise<void>
}

export interface PipelineUpstream {
  definition: Upstream
  url: string
}

export interface PipelineOptions {
  /** Somebody else's database, which is theirs to drop; else one of its own. */
  databaseUrl?: string
  /** After each commit. */
  announce?: () => void
}

export async function openPipeline(
  upstreams: readonly PipelineUpstream[],
  { databaseUrl, announce = () => undefined }: PipelineOptions = {},
): Promise<Pipeline> {
  const { url, drop } = databaseUrl
    ? { url: databaseUrl, drop: async () => undefined }
    : await createDatabase()
  const database = openDatabase({ url, poolSize: 8, applicationName: 'test' })
  const { db } = database
  let now: Date | undefined
  const metrics = createMetrics({ processMetrics: 'off' })
  const byId = new Map(upstreams.map((upstream) => [upstream.definition.id, configured(upstream)]))
  const fetcher = createFetcher({ timeoutMs: 5000, maxBytes: 64 * 2 ** 20, userAgent: 'test' })
  const context: RefreshContext = {
    db,
    metrics,
    fetcher,
    log: createLogger({ level: 'silent' }),
    upstreams: byId,
    policy: { authority: authorityOf(byId), autoActivate: true },
    circuit: { failures: 5, pauseMs: 60_000 },
    memos: new Map(),
    get clock() {
      return now === undefined ? () => new Date() : () => now ?? new Date()
    },
    announce,
  }
  await registerUpstreams(
    db,
    [...byId.values()].map(({ definition, url: address, schedule }) => ({
      id: definition.id,
      enabled: true,
      url: address,
      schedule,
      adapterVersion: definition.adapterVersion,
      runtime: definition.runtime ?? false,
    })),
  )
  const collect = async (upstream: string, enqueue: EnqueueSlices) => {
    let runId: number | undefined
    const noting: EnqueueSlices = async (run, slices) => {
      runId = run.runId
      await enqueue(run, slices)
    }
    const job = { upstream, jobId: 'test', trigger: 'manual' as const, isLastAttempt: true }
    await collectUpstream(context, job, noting).catch(() => undefined)
    return lastRun(db, upstream, runId)
  }
  const refreshNow: EnqueueSlices = async ({ runId, fence }, slices) => {
    for (const slice of slices) await refreshProvider(context, slice)
    await closeCollect(context, runId, fence)
  }
  return {
    db,
    metrics,
    context,
    collect,
    at: (time) => void (now = time === undefined ? undefined : new Date(time)),
    refresh: async (upstream, options) => {
      if (options) await queueRun(db, { upstream, trigger: 'manual', actor: 'test', options })
      return collect(upstream, refreshNow)
    },
    close: async () => {
      await fetcher.close()
      await database.close()
      await drop()
    },
  }
}

function configured({ definition, url }: PipelineUpstream): ConfiguredUpstream {
  return { definition, url, enabled: true, schedule: '1h', key: undefined, allowPrivate: true }
}

async function lastRun(db: Db, upstream: string, runId: number | undefined): Promise<RefreshRun> {
  const [newest] = await db.$queryRaw<{ id: bigint }[]>`
    SELECT id FROM refresh_runs WHERE upstream = ${upstream} AND parent_id IS NULL ORDER BY id DESC LIMIT 1`
  const run = await readRun(db, runId ?? Number(newest?.id))
  if (!run) throw new Error(`no run of ${upstream}`)
  return run
}
