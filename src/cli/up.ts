import { migrate } from '../catalog/migrate.ts'
import type { Config } from '../config.ts'
import { createContext, type Context } from '../context.ts'
import { startServers, type Servers } from '../embedded/servers.ts'
import type { RefreshRun } from '../history/runs.ts'
import { startHttp } from '../http/app.ts'
import { assertRedisKeepsJobs } from '../queue/connection.ts'
import { chooseUpstreams } from '../refresh/choose-upstreams.ts'
import { loadCommandConfig, noteLogger, withServers } from './command-context.ts'
import { enqueueAll } from './enqueue-all.ts'
import { createLiveLines, type LiveLines } from './live-lines.ts'
import { examples, newCommand } from './new-command.ts'
import { announceReady, runUntilStopped, type Serving } from './run-until-stopped.ts'
import { showRefresh } from './show-refresh.ts'
import { startWorking } from './start-working.ts'
import { noteError } from './terminal.ts'
import { count } from './times.ts'
import { printSummary } from './up-summary.ts'

export function upCommand() {
  return newCommand('up')
    .addHelpText(
      'after',
      examples(
        'plumbline up',
        'PORT=9000 PLUMBLINE_UPSTREAMS=models-dev,openrouter plumbline up',
        'DATABASE_URL=postgres://… REDIS_URL=redis://… plumbline up',
      ),
    )
    .action(async () => {
      const config = loadCommandConfig()
      await runUntilStopped(config.shutdownTimeoutMs, (serving) => up(config, serving))
    })
}

async function up(config: Config, serving: Serving): Promise<void> {
  const live = createLiveLines()
  const servers = await startOwnServers(config, serving, live)
  await prepareDatabase(servers, live)
  serving.signal.throwIfAborted()
  const settings = withServers(config, servers)
  const log = noteLogger(settings, (line) => live.print(line.trimEnd()))
  const context = createContext(settings, { log })
  serving.onStop(() => context.close())
  await context.register()
  const { host, port } = config
  const http = await startHttp({ context, host, port, role: 'api' })
  serving.onStop(() => http.close())
  serving.signal.throwIfAborted()
  const runs = await refreshOnce(context, serving, live)
  await printSummary(context, runs, { servers, http })
}

// A server may need a while to end; the others are closed by then.
const serversDeadlineMs = 15_000

async function startOwnServers(
  { dataDir, databaseUrl, redisUrl }: Config,
  { onStop }: Serving,
  live: LiveLines,
): Promise<Servers> {
  const servers = await startServers({ dataDir, databaseUrl, redisUrl, log: live.print })
  onStop(() => servers.stop(), serversDeadlineMs)
  const { postgres, redis } = servers.started
  const started = [
    ...(postgres ? ['PostgreSQL'] : []),
    ...(redis ? [redis.rung === 'js' ? 'js-redis-server' : `Redis ${redis.version}`] : []),
  ]
  if (started.length > 0) live.print(`Started ${started.join(' and ')}, data in ${dataDir}`)
  return servers
}

async function prepareDatabase({ databaseUrl, redisUrl }: Servers, live: LiveLines): Promise<void> {
  const applied = await migrate(databaseUrl)
  if (applied.length > 0) live.print(`Applied ${applied.length} migration(s)`)
  await assertRedisKeepsJobs(redisUrl)
}

/**
 * Enqueues before anything works: a schedule that fires at the start finds the open run and leaves it
 * alone. Whatever comes of it, the process goes on serving.
 */
async function refreshOnce(
  context: Context,
  serving: Serving,
  live: LiveLines,
): Promise<RefreshRun[]> {
  const { log } = context
  const upstreams = await chooseUpstreams(context, { upstreams: [] })
  const enqueued = await enqueueAll(context, upstreams, {}, 'startup')
  live.print(`Refreshing ${count(upstreams.length, 'upstream')}`)
  startWorking(context, serving)
  announceReady(log, 'up ready')
  const { level } = log
  // What is retried is shown already; a failure that nobody expects still gets through.
  if (level === 'warn') log.level = 'error'
  try {
    const runIds = enqueued.flatMap(({ runId }) => runId ?? [])
    return await showRefresh(context.db, runIds, { live, signal: serving.signal })
  } catch (thrown) {
    serving.signal.throwIfAborted()
    noteError(thrown)
    return []
  } finally {
    log.level = level
  }
}
