import { describeConfig, effectiveConfig } from '../config-docs.ts'
import { configureUpstreams } from '../upstreams/configure.ts'
import { loadCommandConfig, withRunningServers } from './command-context.ts'
import { examples, newCommand } from './new-command.ts'
import { paint, print, printJson } from './terminal.ts'

export function configCommand() {
  return newCommand('config')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('plumbline config', 'plumbline config --json | jq .PORT'))
    .addHelpText('after', () => `\nSettings, from the environment and .env:\n\n${settingsHelp()}`)
    .action(({ json }) => {
      const config = withRunningServers(loadCommandConfig({}))
      configureUpstreams(config)
      const effective = effectiveConfig(config)
      if (json) return printJson(effective)
      for (const [name, value] of Object.entries(effective))
        print(value === undefined ? paint.dim(`# ${name} is not set`) : `${name}=${value}`)
    })
}

function settingsHelp(): string {
  return describeConfig()
    .map(({ name, default: value, about, secret }) => {
      const facts = [value === undefined ? '' : `default ${value}`, secret ? 'secret' : '']
      const stated = facts.filter((fact) => fact !== '').join(', ')
      return `  ${name}${stated === '' ? '' : ` (${stated})`}\n      ${about}`
    })
    .join('\n')
}
