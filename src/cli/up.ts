import { migrate } from '../catalog/migrate.ts'
import type { Config } from '../config.ts'
import { createContext } from '../context.ts'
import { startServers, type Servers } from '../embedded/servers.ts'
import { startHttp } from '../http/app.ts'
import { assertRedisKeepsJobs } from '../queue/connection.ts'
import { loadCommandConfig, noteLogger, withServers } from './command-context.ts'
import { refreshOnce } from './first-refresh.ts'
import { createLiveLines, type LiveLines } from './live-lines.ts'
import { examples, newCommand } from './new-command.ts'
import { runUntilStopped, type Serving } from './run-until-stopped.ts'
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
  const refreshed = await refreshOnce(context, serving, live)
  await printSummary(context, refreshed, { servers, http })
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
