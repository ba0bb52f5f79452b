import { assertSchemaCurrent } from '../catalog/migrate.ts'
import type { Config } from '../config.ts'
import { createContext, requireUrl } from '../context.ts'
import { startHttp } from '../http/app.ts'
import { loadCommandConfig, serviceLogger, withRunningServers } from './command-context.ts'
import { examples, newCommand } from './new-command.ts'
import { announceReady, runUntilStopped, type Serving } from './run-until-stopped.ts'

export function apiCommand() {
  return newCommand('api')
    .addHelpText('after', examples('HOST=0.0.0.0 PORT=8080 plumbline api'))
    .action(async () => {
      const config = withRunningServers(loadCommandConfig({}))
      await runUntilStopped(config.shutdownTimeoutMs, (serving) => startApi(config, serving))
    })
}

/** Starts without Redis: the catalog is served from PostgreSQL, and readiness says what is missing. */
async function startApi(config: Config, serving: Serving): Promise<void> {
  await assertSchemaCurrent(requireUrl(config.databaseUrl, 'DATABASE_URL'))
  const context = createContext(config, { log: serviceLogger(config) })
  serving.onStop(() => context.close())
  const { host, port } = config
  const http = await startHttp({ context, host, port, role: 'api' })
  serving.onStop(() => http.close())
  context.relay.start()
  announceReady(context.log, 'api ready', { url: http.url })
}
