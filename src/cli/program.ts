/**
 * `plumbline <command>`. Every command is one row here and one file beside; only the file of the
 * command that is asked for is loaded.
 */
import { CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings'
import { toPlumblineError } from '../errors.ts'
import { version } from '../version.ts'
import { exitCodeOfError, exitCodes } from './exit-codes.ts'
import { examples, newCommand } from './new-command.ts'
import { noteError } from './terminal.ts'

interface CommandRow {
  about: string
  load: () => Promise<CommandUnknownOpts>
}

const commands: Readonly<Record<string, CommandRow>> = {
  up: {
    about: 'Start everything here, refresh every upstream once, and serve until Ctrl-C.',
    load: async () => (await import('./up.ts')).upCommand(),
  },
  migrate: {
    about: 'Bring the database to the schema of this version.',
    load: async () => (await import('./migrate.ts')).migrateCommand(),
  },
  worker: {
    about: 'Run a worker: refreshes, schedules, events.',
    load: async () => (await import('./worker.ts')).workerCommand(),
  },
  api: {
    about: 'Run the HTTP server.',
    load: async () => (await import('./api.ts')).apiCommand(),
  },
  refresh: {
    about: 'Refresh upstreams now, or show what a refresh would change.',
    load: async () => (await import('./refresh.ts')).refreshCommand(),
  },
  upstreams: {
    about: 'List the upstreams and how they are.',
    load: async () => (await import('./upstreams.ts')).upstreamsCommand(),
  },
  runs: {
    about: 'List the refreshes, newest first.',
    load: async () => (await import('./runs.ts')).runsCommand(),
  },
  run: {
    about: 'Show one refresh: its slices, phases and rejects.',
    load: async () => (await import('./run.ts')).runCommand(),
  },
  models: {
    about: 'List, search, show and compare models, and who serves them.',
    load: async () => (await import('./models.ts')).modelsCommand(),
  },
  changes: {
    about: 'Show what changed in the catalog.',
    load: async () => (await import('./changes.ts')).changesCommand(),
  },
  conflicts: {
    about: 'Show where upstreams disagree, and whom the catalog believes.',
    load: async () => (await import('./conflicts.ts')).conflictsCommand(),
  },
  holds: {
    about: 'List, approve and reject changes that wait for review.',
    load: async () => (await import('./holds.ts')).holdsCommand(),
  },
  override: {
    about: 'Set, clear and list field values that no sync overwrites.',
    load: async () => (await import('./override.ts')).overrideCommand(),
  },
  events: {
    about: 'Follow the events that tell other services what changed.',
    load: async () => (await import('./events.ts')).eventsCommand(),
  },
  keys: {
    about: 'Make, list and revoke API keys.',
    load: async () => (await import('./keys.ts')).keysCommand(),
  },
  export: {
    about: 'Write the catalog in a format that other tools read.',
    load: async () => (await import('./export.ts')).exportCommand(),
  },
  config: {
    about: 'Show the settings that are in force.',
    load: async () => (await import('./config.ts')).configCommand(),
  },
  doctor: {
    about: 'Check that everything that is needed is there and well.',
    load: async () => (await import('./doctor.ts')).doctorCommand(),
  },
}

/** Sets `process.exitCode`; a command that serves goes on after this has resolved. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  // Who reads our output may stop reading (`| head`): that is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(exitCodes.done)
  })
  try {
    const program = await buildProgram(commandIn(args))
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    process.exitCode = explain(error)
  }
}

/** `help refresh` asks for the file of refresh, too. */
function commandIn(args: readonly string[]): string | undefined {
  const [first, second] = args.filter((arg) => !arg.startsWith('-'))
  return first === 'help' ? second : first
}

async function buildProgram(requested: string | undefined): Promise<CommandUnknownOpts> {
  const program = newCommand('plumbline')
    .description('Keeps a catalog of AI models true.')
    .version(version, '-v, --version')
    .addHelpText('after', examples('plumbline up', 'plumbline refresh openrouter --wait'))
  for (const [name, { about, load }] of Object.entries(commands)) {
    const command = name === requested ? await load() : newCommand(name)
    program.addCommand(command.description(about))
  }
  return program
}

/** The exit code. What commander refuses it has already said. */
function explain(error: unknown): number {
  if (error instanceof CommanderError)
    return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse
  noteError(error)
  return exitCodeOfError(toPlumblineError(error))
}
