import { migrate } from '../catalog/migrate.ts'
import { requireUrl } from '../context.ts'
import { loadCommandConfig, withRunningServers } from './command-context.ts'
import { examples, newCommand } from './new-command.ts'
import { print, printJson } from './terminal.ts'

export function migrateCommand() {
  return newCommand('migrate')
    .option('--json', 'print the names of the applied migrations as JSON')
    .addHelpText('after', examples('DATABASE_URL=postgres://… plumbline migrate'))
    .action(async ({ json }) => {
      const config = withRunningServers(loadCommandConfig())
      const applied = await migrate(requireUrl(config.databaseUrl, 'DATABASE_URL'))
      if (json) return printJson({ applied })
      for (const name of applied) print(`applied ${name}`)
      if (applied.length === 0) print('The database is up to date.')
    })
}
