/** A real worker, `plumbline worker`, as its own process, and what memory it takes. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface WorkerProcess {
  /** MB now and at most so far; undefined where there is no /proc. */
  readonly memory: () => WorkerMemory | undefined
  readonly stop: () => Promise<void>
}

export interface WorkerMemory {
  residentMb: number
  peakMb: number
}

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url))

/** Resolves when the worker is ready to take jobs. It runs with the flags of the executable's first line. */
export async function startWorkerProcess(env: Record<string, string>): Promise<WorkerProcess> {
  const child = spawn(process.execPath, [...shippedFlags(), cli, 'worker'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  await ready(child)
  return {
    memory: () => readMemory(child.pid),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function shippedFlags(): string[] {
  const [shebang = ''] = readFileSync(cli, 'utf8').split('\n', 1)
  return shebang.match(/--\S+/g) ?? []
}

async function ready(child: ChildProcess): Promise<void> {
  let output = ''
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('worker ready')) resolve()
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('close', () => reject(new Error(`The worker ended:\n${output}`)))
  })
}

function readMemory(pid: number | undefined): WorkerMemory | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return { residentMb: megabytes(status, 'VmRSS'), peakMb: megabytes(status, 'VmHWM') }
  } catch {
    return undefined
  }
}

function megabytes(status: string, name: string): number {
  const [, kilobytes] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status) ?? []
  return Math.round(Number(kilobytes) / 1024)
}
