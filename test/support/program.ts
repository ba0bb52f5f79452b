/** A program of the tests' own, run as a process that can be killed. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { processInfo } from '../../src/embedded/process-info.ts'

export interface Program {
  pid: number
  /** All it has printed to stdout and stderr so far. */
  readonly output: () => string
  /** The first line of it; what there was when it ended without one. */
  readonly firstLine: Promise<string>
  /** The exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>
  readonly kill: (signal: NodeJS.Signals) => void
  /** A line on its stdin. */
  readonly tell: (line: string) => void
}

/**
 * `script` as `new URL('owner.ts', import.meta.url)`; `env` is added to this process's own. It does not
 * outlive the test.
 */
export function startProgram(
  script: URL,
  args: string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(process.execPath, [fileURLToPath(script), ...args], {
    stdio: 'pipe',
    env: { ...process.env, ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      child.emit('output')
    })
  // Who is killed does not read what it was told.
  child.stdin.on('error', () => undefined)
  const ended = exitCodeOf(child)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return {
    pid: child.pid ?? 0,
    output: () => output,
    firstLine: firstLineOf(child, () => output),
    ended,
    kill: (signal) => void child.kill(signal),
    tell: (line) => void child.stdin.write(`${line}\n`),
  }
}

async function exitCodeOf(child: ChildProcess): Promise<number | null> {
  await once(child, 'close')
  return child.exitCode
}

async function firstLineOf(child: ChildProcess, output: () => string): Promise<string> {
  while (!output().includes('\n')) {
    await Promise.race([once(child, 'output'), once(child, 'close')])
    if (child.exitCode !== null || child.signalCode !== null) break
  }
  return output().split('\n')[0] ?? ''
}

/** Throws when the process, whoever its parent is, still runs after the deadline. */
export async function processEnds(pid: number, deadlineMs = 10_000): Promise<void> {
  const deadline = Date.now() + deadlineMs
  while (processInfo(pid)) {
    if (Date.now() > deadline) throw new Error(`Process ${pid} still runs after ${deadlineMs} ms.`)
    await sleep(20)
  }
}
