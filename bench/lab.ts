/** The servers that the benchmarks run against, and fresh installations on them. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { migrate } from '../src/catalog/migrate.ts'
import { loadConfig } from '../src/config.ts'
import { createContext, type Context } from '../src/context.ts'
import { startServers } from '../src/embedded/servers.ts'
import { readRun, readSliceRuns, type RefreshRun, type RunOptions } from '../src/history/runs.ts'
import { createLogger } from '../src/log.ts'
import { enqueueRefresh } from '../src/queue/enqueue.ts'
import { upstreamEnvId } from '../src/upstream-settings.ts'
import { startPayloadServer, type PayloadServer } from './payload-server.ts'
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts'

export interface Lab {
  upstream: PayloadServer
  /** A migrated, empty database with a Redis prefix of its own, and nobody who works. */
  readonly install: (urls?: UpstreamUrls) => Promise<Installation>
  /** The same with a worker process; both are gone when `work` ends. */
  readonly withWorker: <T>(
    work: (running: RunningInstallation) => Promise<T>,
    urls?: UpstreamUrls,
  ) => Promise<T>
  readonly close: () => Promise<void>
}

/** Which upstreams an installation has, and where they are; default: models.dev, played by `upstream`. */
export type UpstreamUrls = ReadonlyMap<string, string>

export interface Installation {
  context: Context
  env: Record<string, string>
  readonly close: () => Promise<void>
}

export interface RunningInstallation {
  context: Context
  worker: WorkerProcess
  /** What other processes of the installation are started with. */
  env: Record<string, string>
  /** From the enqueueing to the end of the run, whatever way it ends; throws unless that is `status`. */
  readonly refresh: (
    status: RefreshRun['status'],
    options?: RunOptions,
  ) => Promise<{ ms: number; run: RefreshRun }>
}

export async function openLab(): Promise<Lab> {
  const dataDir = mkdtempSync(join(tmpdir(), 'plumbline-bench-'))
  // As root, PostgreSQL runs under another account.
  chmodSync(dataDir, 0o711)
  const cacheDir = fileURLToPath(new URL('../.plumbline', import.meta.url))
  const servers = await startServers({ dataDir, cacheDir, log: () => undefined })
  const upstream = await startPayloadServer()
  await migrate(servers.databaseUrl)
  let installed = 0
  const modelsDev: UpstreamUrls = new Map([['models-dev', upstream.url]])
  const install = (urls = modelsDev) => installOn(servers, urls, `bench_${++installed}`)
  return {
    upstream,
    install,
    withWorker: async (work, urls) => {
      const installation = await install(urls)
      const worker = await startWorkerProcess(installation.env)
      try {
        const { context } = installation
        return await work({
          context,
          worker,
          env: installation.env,
          refresh: (status, options = {}) => timeRefresh(context, status, options),
        })
      } finally {
        await worker.stop()
        await installation.close()
      }
    },
    close: async () => {
      upstream.close()
      await servers.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

interface ServerUrls {
  databaseUrl: string
  redisUrl: string
}

async function installOn(
  { databaseUrl, redisUrl }: ServerUrls,
  urls: UpstreamUrls,
  name: string,
): Promise<Installation> {
  await administer(databaseUrl, `CREATE DATABASE ${name} TEMPLATE ${databaseOf(databaseUrl)}`)
  const url = new URL(databaseUrl)
  url.pathname = name
  const env = {
    DATABASE_URL: url.href,
    REDIS_URL: redisUrl,
    REDIS_PREFIX: name,
    METRICS_PORT: '0',
    LOG_LEVEL: 'info',
    REFRESH_COOLDOWN: '0',
    ...upstreamEnv(urls),
  }
  const context = createContext(loadConfig(env), { log: createLogger({ level: 'silent' }) })
  return {
    context,
    env,
    close: async () => {
      await context.close()
      await administer(databaseUrl, `DROP DATABASE ${name} WITH (FORCE)`)
    },
  }
}

function upstreamEnv(urls: UpstreamUrls): Record<string, string> {
  const settings = [...urls].flatMap(([id, url]) => {
    const prefix = `PLUMBLINE_UPSTREAM_${upstreamEnvId(id)}`
    return [
      [`${prefix}_URL`, url],
      [`${prefix}_KEY`, 'bench'],
      // Never while a benchmark runs: refreshes are enqueued.
      [`${prefix}_SCHEDULE`, '0 0 1 1 *'],
    ]
  })
  return Object.fromEntries([['PLUMBLINE_UPSTREAMS', [...urls.keys()].join(',')], ...settings])
}

function databaseOf(url: string): string {
  return new URL(url).pathname.slice(1)
}

async function administer(databaseUrl: string, statement: string): Promise<void> {
  const url = new URL(databaseUrl)
  url.pathname = 'template1'
  const client = new Client({ connectionString: url.href })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

// Each look costs time of the cores that the refresh runs on. What it took is in its run.
const pollMs = 25

async function timeRefresh(
  context: Context,
  status: RefreshRun['status'],
  options: RunOptions,
): Promise<{ ms: number; run: RefreshRun }> {
  const request = { upstream: 'models-dev', trigger: 'manual', actor: 'bench', options } as const
  const run = await endOf(context, (await enqueueRefresh(context, request)).id)
  if (run.status !== status)
    throw new Error(`The run ended as ${run.status}: ${await reasonOf(context, run)}`)
  return { ms: msOf(run), run }
}

/** The run when it has ended, whatever way. */
export async function endOf({ db }: Context, runId: number): Promise<RefreshRun> {
  for (;;) {
    const run = await readRun(db, runId)
    if (run?.endedAt) return run
    await sleep(pollMs)
  }
}

/** From the enqueueing to the end, by PostgreSQL's clock. */
function msOf({ queuedAt, endedAt }: RefreshRun): number {
  return (endedAt?.getTime() ?? Number.NaN) - queuedAt.getTime()
}

async function reasonOf({ db }: Context, { id, errorMessage }: RefreshRun): Promise<string> {
  const slices = await readSliceRuns(db, id)
  const failed = slices.find(({ status }) => status === 'failed')
  return `${errorMessage ?? 'no message'}; ${failed?.errorMessage ?? ''}`
}
