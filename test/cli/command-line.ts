/**
 * The real command line as child processes, on a database and a Redis prefix of its own, with one
 * upstream (`lab`) that a real HTTP server plays.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { makeDir } from '../support/data-dir.ts'
import { redisPrefix, redisUrl } from '../support/redis.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'

// A process of ours starts in half a second; on a machine that is busy with other tests in ten.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const script = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

export type Environment = Record<string, string | undefined>

export interface Finished {
  /** Null when a signal ended it. */
  code: number | null
  stdout: string
  stderr: string
}

export interface Running {
  child: ChildProcess
  /** Resolves when the text (of either stream) has been printed; rejects when it ends without it. */
  printed: (text: string) => Promise<void>
  /** What was printed to stdout so far. */
  stdout: () => string
  ended: Promise<Finished>
}

export interface CommandLine {
  lab: UpstreamServer
  /** What the lab lists from now on. */
  list: (models: readonly object[]) => void
  run: (args: readonly string[], env?: Environment) => Promise<Finished>
  start: (args: readonly string[], env?: Environment) => Running
  /** A worker that is ready. */
  startWorker: () => Promise<Running>
  /** What the command printed as JSON. */
  json: <T>(args: readonly string[]) => Promise<T>
  close: () => Promise<void>
}

export async function openCommandLine(): Promise<CommandLine> {
  const database = await createDatabase()
  const lab = await startUpstream()
  const cwd = makeDir()
  const running: Running[] = []
  const base: Environment = {
    PATH: process.env['PATH'],
    DATABASE_URL: database.url,
    REDIS_URL: redisUrl(),
    REDIS_PREFIX: redisPrefix().replace(/[{}]/g, ''),
    PLUMBLINE_OPENAI_COMPATIBLE: `lab=${lab.url}/v1`,
    PLUMBLINE_UPSTREAMS: 'lab',
    // Nothing is polled but by command.
    PLUMBLINE_UPSTREAM_LAB_SCHEDULE: '0 0 1 1 *',
    METRICS_PORT: '0',
    PORT: '0',
    REFRESH_COOLDOWN: '0',
    REFRESH_ATTEMPTS: '1',
  }
  const start = (args: readonly string[], env: Environment = {}): Running => {
    const one = startCommand(args, { ...base, ...env }, cwd)
    running.push(one)
    return one
  }
  const run = (args: readonly string[], env?: Environment) => start(args, env).ended
  return {
    lab,
    list: (models) => lab.answer('/v1/models', { json: { object: 'list', data: models } }),
    start,
    run,
    async startWorker() {
      const worker = start(['worker'])
      await worker.printed('worker ready')
      return worker
    },
    async json<T>(args: readonly string[]): Promise<T> {
      const { code, stdout, stderr } = await run([...args, '--json'])
      if (code !== 0) throw new Error(`plumbline ${args.join(' ')} exited ${code}: ${stderr}`)
      return JSON.parse(stdout) as T
    },
    async close() {
      for (const { child } of running) child.kill('SIGKILL')
      await Promise.all(running.map(({ ended }) => ended))
      await lab.close()
      await database.drop()
      rmSync(cwd, { recursive: true, force: true })
    },
  }
}

function startCommand(args: readonly string[], env: Environment, cwd: string): Running {
  const child = spawn(process.execPath, [script, ...args], {
    cwd,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.on('data', (chunk: Buffer) => {
      texts[name] += chunk.toString()
      child.emit('output')
    })
  const ended = once(child, 'close').then(() => {
    child.emit('output')
    return { code: child.exitCode, ...texts }
  })
  return {
    child,
    ended,
    stdout: () => texts.stdout,
    printed: (text) => untilPrinted(child, () => texts, text),
  }
}

async function untilPrinted(
  child: ChildProcess,
  texts: () => { stdout: string; stderr: string },
  text: string,
): Promise<void> {
  const all = () => texts().stdout + texts().stderr
  while (!all().includes(text)) {
    if (child.exitCode !== null) throw new Error(`It ended without "${text}": ${all()}`)
    await once(child, 'output')
  }
}

/** `count` models as the lab lists them. */
export function labModels(count: number, overrides: object = {}): object[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `model-${index}`,
    name: `Model ${index}`,
    context_length: 128_000,
    ...overrides,
  }))
}
