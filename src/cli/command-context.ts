/**
 * What every command begins with: `.env`, the configuration, and where the servers are. A server that
 * the configuration does not name is the one that a running `plumbline up` started on the same data
 * folder.
 */
import { userInfo } from 'node:os'
import { existsSync, readFileSync } from 'node:fs'
import { loadConfig, type Config, type Environment } from '../config.ts'
import { createContext, type Context } from '../context.ts'
import { PlumblineError } from '../errors.ts'
import { readServers } from '../embedded/data-dir.ts'
import { pingRedis } from '../events/redis.ts'
import { createLogger, type Logger } from '../log.ts'
import { runWithin } from '../run-within.ts'
import { urlSecrets } from '../url-credentials.ts'
import { note, paintNote } from './terminal.ts'

/** Commands that end by themselves say what they do; their log is for what goes wrong. */
const quiet: Environment = { LOG_LEVEL: 'warn' }

/** `.env` of the working folder fills what the environment does not set. Throws `config_invalid`. */
export function loadCommandConfig(defaults: Environment = quiet): Config {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const config = loadConfig(undefined, defaults, readIfPresent)
  for (const warning of config.warnings) note(`${paintNote.yellow('warning')} ${warning}`)
  return config
}

/** Throws `config_invalid` for what is there and cannot be read. */
function readIfPresent(path: string): string | undefined {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined
  } catch (error) {
    throw new PlumblineError('config_invalid', `${path} cannot be read.`, {
      cause: error,
      nextStep: 'Set PLUMBLINE_CONFIG to a file that this account may read.',
    })
  }
}

/** The configuration with both servers, where they are known. */
export function withRunningServers(config: Config): Config {
  if (config.databaseUrl !== undefined && config.redisUrl !== undefined) return config
  const running = readServers(config.dataDir)
  return running ? withServers(config, running) : config
}

export function withServers(
  config: Config,
  servers: { databaseUrl: string; redisUrl: string },
): Config {
  const databaseUrl = config.databaseUrl ?? servers.databaseUrl
  const redisUrl = config.redisUrl ?? servers.redisUrl
  const secretValues = [...config.secretValues, ...urlSecrets(databaseUrl), ...urlSecrets(redisUrl)]
  return { ...config, databaseUrl, redisUrl, secretValues }
}

/** Runs a command that ends by itself. Throws `config_invalid` when there is no database to be found. */
export async function withContext<T>(work: (context: Context) => Promise<T>): Promise<T> {
  const config = withRunningServers(loadCommandConfig())
  const context = createContext(config, { log: noteLogger(config) })
  try {
    return await work(context)
  } finally {
    await context.close()
  }
}

/** As `withContext`, for work that may raise the version: what it commits is announced before it ends. */
export async function withAnnouncingContext<T>(work: (context: Context) => Promise<T>): Promise<T> {
  return withContext(async (context) => {
    await runWithin(connectWithinMs, () => pingRedis(context.eventsRedis))
    const result = await work(context)
    await context.relay.drain()
    return result
  })
}

// Without Redis the events wait in PostgreSQL for the next process that has it.
const connectWithinMs = 2000

/** The log of a process that serves: lines for machines unless a person watches. */
export function serviceLogger({ logLevel, secretValues }: Config): Logger {
  return createLogger({
    level: logLevel,
    secretValues,
    format: process.stdout.isTTY ? 'pretty' : 'json',
  })
}

/** The log of a command whose stdout is data. */
export function noteLogger(
  { logLevel, secretValues }: Pick<Config, 'logLevel' | 'secretValues'>,
  write?: (line: string) => void,
): Logger {
  return createLogger({
    level: logLevel,
    secretValues,
    destination: write ? { write } : 'stderr',
    format: process.stderr.isTTY ? 'pretty' : 'json',
  })
}

/** Who did it, for history and audit. */
export function cliActor(): string {
  try {
    return `cli:${userInfo().username}`
  } catch {
    // The account has no entry in the user database, as in some containers.
    return 'cli'
  }
}
