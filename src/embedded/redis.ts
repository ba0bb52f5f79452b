import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { PlumblineError } from '../errors.ts'
import { freePort } from './free-port.ts'
import { debianRedis, type RedisBinary } from './redis-debian.ts'
import { lastLogLines, spawnServer, stopLeftover, type ServerProcess } from './server-process.ts'

export interface RedisOptions {
  dataDir: string
  /** `durable` keeps the jobs over a restart (append-only file); `throwaway` keeps nothing: for tests. */
  mode: 'durable' | 'throwaway'
  /** What a person who waits wants to know, a line at a time. */
  log: (line: string) => void
  /** Refuse the JavaScript stand-in, for what only a real server shows. */
  require?: 'real'
  /** Where downloaded programs are kept; default: the data folder. */
  cacheDir?: string
  /** Default: one that is free now. */
  port?: number
}

/** Where the program came from: the PATH, Debian's package, or npm's stand-in written in JavaScript. */
export type RedisRung = 'path' | 'debian' | 'js'

export interface EmbeddedRedis {
  readonly url: string
  readonly rung: RedisRung
  /** As the program states it, e.g. `7.0.15`. */
  readonly version: string
  readonly pid: number
  /** Idempotent; SIGKILL after a deadline. */
  readonly stop: () => Promise<void>
  /** As a crash. */
  readonly kill: () => Promise<void>
}

interface RedisProgram extends RedisBinary {
  rung: RedisRung
  version: string
  argumentsFor(port: number): string[]
}

const run = promisify(execFile)
const startDeadlineMs = 30_000

/** The caller holds the data folder (data-dir.ts), so nobody else starts a server on it meanwhile. */
export async function startRedis(options: RedisOptions): Promise<EmbeddedRedis> {
  const home = join(options.dataDir, 'redis')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  await stopLeftover(pidFileIn(options.dataDir), 'SIGTERM')
  const program = await findProgram(options, home)
  const { server, port } = await launch(options, program)
  return {
    url: `redis://127.0.0.1:${port}`,
    rung: program.rung,
    version: program.version,
    pid: server.pid,
    stop: server.stop,
    kill: server.kill,
  }
}

function pidFileIn(dataDir: string): string {
  return join(dataDir, 'redis.pid')
}

async function findProgram(options: RedisOptions, home: string): Promise<RedisProgram> {
  const argumentsFor = (port: number): string[] => serverArguments(options.mode, home, port)
  for (const command of ['redis-server', 'valkey-server']) {
    const version = await versionOf({ command })
    if (version !== undefined) return { command, rung: 'path', version, argumentsFor }
  }
  const unpacked = await debianRedis(options.cacheDir ?? options.dataDir, options.log)
  const version = unpacked && (await versionOf(unpacked))
  if (unpacked && version !== undefined)
    return { ...unpacked, rung: 'debian', version, argumentsFor }
  if (options.require !== 'real') return standIn(options)
  throw new PlumblineError(
    'config_invalid',
    'A real Redis is needed and none could be found or downloaded.',
    { nextStep: 'Install redis-server or valkey-server, or set REDIS_URL.' },
  )
}

/** Undefined when it is not there, does not run, or is older than the 6.2 that BullMQ needs. */
async function versionOf(binary: RedisBinary): Promise<string | undefined> {
  try {
    const { stdout } = await run(binary.command, ['--version'], {
      timeout: 10_000,
      ...(binary.env && { env: binary.env }),
    })
    const [, version, major, minor] = /\bv=((\d+)\.(\d+)\S*)/.exec(stdout) ?? []
    return Number(major) * 100 + Number(minor) >= 602 ? version : undefined
  } catch {
    return undefined
  }
}

function serverArguments(mode: RedisOptions['mode'], home: string, port: number): string[] {
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: home,
    daemonize: 'no',
    // BullMQ loses jobs under any other policy.
    'maxmemory-policy': 'noeviction',
    save: '',
    appendonly: mode === 'durable' ? 'yes' : 'no',
  }
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
}

function standIn(options: RedisOptions): RedisProgram {
  try {
    createRequire(import.meta.url).resolve('js-redis-server')
  } catch (error) {
    throw new PlumblineError(
      'config_invalid',
      'There is no Redis on this machine and none could be downloaded.',
      {
        cause: error,
        nextStep:
          'Set REDIS_URL, install redis-server, or install the development dependencies (npm ci --include=dev).',
      },
    )
  }
  options.log(
    'No real Redis found: using js-redis-server, for development only (slow, and it forgets its jobs).',
  )
  const script = fileURLToPath(new URL('js-redis.ts', import.meta.url))
  return {
    command: process.execPath,
    rung: 'js',
    version: 'js-redis-server',
    argumentsFor: (port) => [script, String(port)],
  }
}

interface Launched {
  server: ServerProcess
  port: number
}

async function launch(options: RedisOptions, program: RedisProgram): Promise<Launched> {
  const logFile = join(options.dataDir, 'redis.log')
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    const server = await spawnServer({
      command: program.command,
      args: program.argumentsFor(port),
      ...(program.env && { env: program.env }),
      logFile,
      pidFile: pidFileIn(options.dataDir),
      stopSignal: 'SIGTERM',
    })
    if (await isReady(server, port)) return { server, port }
    await server.stop()
    const said = lastLogLines(logFile)
    const portWasTaken = /address already in use|EADDRINUSE/i.test(said)
    if (portWasTaken && attempt < 20) {
      await sleep(100)
      continue
    }
    throw new PlumblineError('redis_unavailable', `Redis did not start:\n${said}`, {
      nextStep: `See ${logFile}, or set REDIS_URL to a server of your own.`,
    })
  }
}

/** While it loads its append-only file it answers, but with an error. */
async function isReady(server: ServerProcess, port: number): Promise<boolean> {
  const deadline = Date.now() + startDeadlineMs
  while (Date.now() < deadline && !server.hasExited()) {
    if ((await answerToPing(port)) === '+PONG') return true
    await sleep(10)
  }
  return false
}

function answerToPing(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1_000 }, () =>
      socket.write('*1\r\n$4\r\nPING\r\n'),
    )
    socket.once('data', (answer) => socket.destroy().emit('answer', answer.toString().trim()))
    socket.once('answer', resolve)
    for (const event of ['error', 'timeout', 'close'])
      socket.once(event, () => socket.destroy() && resolve(''))
  })
}
