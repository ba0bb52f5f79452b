/**
 * A server that belongs to this process. It must not outlive its owner, whatever way the owner ends:
 * - `stop` and `kill` end it in order;
 * - a watcher (a shell that waits for the end of a pipe which only the owner holds open) ends it when
 *   the owner got kill -9;
 * - the pid file lets the next start find what even the watcher missed.
 * It runs in its own session, so that Ctrl-C reaches the owner alone and the owner still has its
 * database while it drains.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { isSameProcess, processInfo } from './process-info.ts'

/** The account that a server runs under when the owner is root and the server refuses to be. */
export interface Account {
  uid: number
  gid: number
}

export interface ServerProcess {
  readonly pid: number
  readonly hasExited: () => boolean
  /** Idempotent. Asks, waits for the deadline, then sends SIGKILL. */
  readonly stop: () => Promise<void>
  /** As a crash: SIGKILL at once. */
  readonly kill: () => Promise<void>
}

export interface ServerCommand {
  command: string
  args: string[]
  account?: Account | undefined
  env?: Record<string, string>
  /** Rewritten at each start; the server writes to it directly and so never blocks on its owner. */
  logFile: string
  pidFile: string
  stopSignal: 'SIGINT' | 'SIGTERM'
}

const stopDeadlineMs = 10_000

export async function spawnServer(server: ServerCommand): Promise<ServerProcess> {
  const child = await spawnDetached(server)
  const { pid } = child
  if (pid === undefined) throw new Error(`${server.command} has no process id.`)
  recordPid(server.pidFile, pid)
  const watcher = watchOwner(pid, server.stopSignal)
  const exited = exitOf(child)
  void exited.finally(() => {
    watcher.kill('SIGKILL')
    forgetPid(server.pidFile, pid)
  })

  async function end(signal: NodeJS.Signals): Promise<void> {
    child.kill(signal)
    const deadline = setTimeout(() => child.kill('SIGKILL'), stopDeadlineMs)
    await exited
    clearTimeout(deadline)
  }
  return {
    pid,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    stop: () => end(server.stopSignal),
    kill: () => end('SIGKILL'),
  }
}

async function spawnDetached(server: ServerCommand): Promise<ChildProcess> {
  const log = openSync(server.logFile, 'w', 0o600)
  try {
    const child = spawn(server.command, server.args, {
      cwd: '/',
      detached: true,
      stdio: ['ignore', log, log],
      ...(server.env && { env: server.env }),
      ...server.account,
    })
    await once(child, 'spawn')
    // The owner's own work decides how long it lives, not its servers.
    child.unref()
    return child
  } finally {
    closeSync(log)
  }
}

async function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

const watcherScript = `read -r _
kill -s "$2" "$1" || exit 0
for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 1; kill -0 "$1" || exit 0; done
kill -s KILL "$1"`

function watchOwner(pid: number, stopSignal: ServerCommand['stopSignal']): ChildProcess {
  const signal = stopSignal.slice('SIG'.length)
  const watcher = spawn(
    '/bin/sh',
    ['-c', watcherScript, 'plumbline-watcher', String(pid), signal],
    {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  )
  watcher.on('error', () => {}) // no shell: the pid file has to do
  watcher.stdin.on('error', () => {})
  watcher.unref()
  if (watcher.stdin instanceof Socket) watcher.stdin.unref()
  return watcher
}

const PidFile = z.object({ pid: z.number(), startedAt: z.string() })

function recordPid(pidFile: string, pid: number): void {
  const info = processInfo(pid)
  if (info) writeFileSync(pidFile, JSON.stringify({ pid, startedAt: info.startedAt }))
}

/** The file may be that of a later server already. */
function forgetPid(pidFile: string, pid: number): void {
  if (readPidFile(pidFile)?.pid === pid) rmSync(pidFile, { force: true })
}

/** Ends the server that an earlier owner left behind; leaves alone a stranger who has its pid now. */
export async function stopLeftover(pidFile: string, stopSignal: NodeJS.Signals): Promise<void> {
  const leftover = readPidFile(pidFile)
  if (leftover && isSameProcess(leftover.pid, leftover.startedAt))
    await stopPid(leftover.pid, stopSignal)
  rmSync(pidFile, { force: true })
}

/** Ends a process that is not our child. */
export async function stopPid(pid: number, stopSignal: NodeJS.Signals): Promise<void> {
  for (const [signal, deadlineMs] of [
    [stopSignal, stopDeadlineMs],
    ['SIGKILL', 2_000],
  ] as const) {
    const deadline = Date.now() + deadlineMs
    signalIfAlive(pid, signal)
    while (Date.now() < deadline) {
      if (!processInfo(pid)) return
      await sleep(20)
    }
  }
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself, or its watcher was faster.
  }
}

function readPidFile(pidFile: string): z.infer<typeof PidFile> | undefined {
  try {
    return PidFile.parse(JSON.parse(readFileSync(pidFile, 'utf8')))
  } catch {
    return undefined
  }
}

/** The last lines that the server wrote: what a message about its failure quotes. */
export function lastLogLines(logFile: string, count = 5): string {
  try {
    return readFileSync(logFile, 'utf8').trim().split('\n').slice(-count).join('\n')
  } catch {
    return ''
  }
}
