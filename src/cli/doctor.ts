import { checksOf, examine, type Examined } from './checks.ts'
import { loadCommandConfig, withRunningServers } from './command-context.ts'
import { exitCodes } from './exit-codes.ts'
import { examples, newCommand } from './new-command.ts'
import { clean, paint, print, printJson } from './terminal.ts'

const marks = {
  ok: paint.green('ok  '),
  warn: paint.yellow('warn'),
  fail: paint.red('fail'),
} as const

export function doctorCommand() {
  return newCommand('doctor')
    .option('--online', 'also ask every enabled upstream')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('plumbline doctor', 'plumbline doctor --online'))
    .action(async ({ online = false, json = false }) => {
      const config = withRunningServers(loadCommandConfig())
      const checks = checksOf(config, { online })
      const width = Math.max(...checks.map(({ name }) => name.length))
      const all: Examined[] = []
      for await (const finding of examine(checks)) {
        all.push(finding)
        if (!json) printFinding(finding, width)
      }
      if (json) printJson(all)
      if (all.some(({ state }) => state === 'fail')) process.exitCode = exitCodes.failed
    })
}

function printFinding({ check, state, text, nextStep }: Examined, width: number): void {
  print(`${marks[state]}  ${check.padEnd(width)}  ${clean(text)}`)
  if (nextStep !== undefined)
    print(`      ${' '.repeat(width)}  ${paint.dim(`→ ${clean(nextStep)}`)}`)
}
