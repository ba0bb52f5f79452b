import { assertSchemaCurrent } from '../catalog/migrate.ts'
import type { Config } from '../config.ts'
import { createContext, requireUrl } from '../context.ts'
import { startHttp } from '../http/app.ts'
import { assertRedisKeepsJobs } from '../queue/connection.ts'
import { loadCommandConfig, serviceLogger, withRunningServers } from './command-context.ts'
import { examples, newCommand } from './new-command.ts'
import { announceReady, runUntilStopped, type Serving } from './run-until-stopped.ts'
import { startWorking } from './start-working.ts'

export function workerCommand() {
  return newCommand('worker')
    .addHelpText(
      'after',
      examples(
        'plumbline worker                  # as many as you like, on as many machines',
        'METRICS_PORT=0 plumbline worker   # without an HTTP port',
      ),
    )
    .action(async () => {
      const config = withRunningServers(loadCommandConfig({}))
      await runUntilStopped(config.shutdownTimeoutMs, (serving) => startWorker(config, serving))
    })
}

/** Refuses a database of another schema, and a Redis that would lose jobs. */
async function startWorker(config: Config, serving: Serving): Promise<void> {
  await assertSchemaCurrent(requireUrl(config.databaseUrl, 'DATABASE_URL'))
  await assertRedisKeepsJobs(requireUrl(config.redisUrl, 'REDIS_URL'))
  const context = createContext(config, { log: serviceLogger(config) })
  serving.onStop(() => context.close())
  await context.register()
  if (config.metricsPort > 0) {
    const { host, metricsPort } = config
    const http = await startHttp({ context, host, port: metricsPort, role: 'worker' })
    serving.onStop(() => http.close())
  }
  serving.signal.throwIfAborted()
  startWorking(context, serving)
  const { collectConcurrency, refreshConcurrency } = config
  announceReady(context.log, 'worker ready', { collectConcurrency, refreshConcurrency })
}
