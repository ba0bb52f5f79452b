import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

export interface ProcessInfo {
  /**
   * When the process began, in the system's own notation. A pid alone proves nothing: after a restart
   * of the machine or the container another process has it.
   */
  startedAt: string
  command: string
}

/** Undefined when no such process runs; a zombie, which only waits for its parent, does not run. */
export function processInfo(pid: number): ProcessInfo | undefined {
  try {
    return existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid)
  } catch {
    return undefined
  }
}

export function isSameProcess(pid: number, startedAt: string): boolean {
  return processInfo(pid)?.startedAt === startedAt
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the name in brackets may hold spaces. */
function fromProc(pid: number): ProcessInfo | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTicks] = [fields[0], fields[19]]
  if (state === 'Z' || state === 'X' || startTicks === undefined) return undefined
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  return { startedAt: startTicks, command }
}

function fromPs(pid: number): ProcessInfo | undefined {
  const line = execFileSync(
    'ps',
    ['-o', 'lstart=', '-o', 'stat=', '-o', 'command=', '-p', String(pid)],
    {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const match = /^(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(\S+)\s+(.*)$/.exec(line.trim())
  const [, startedAt, state, command] = match ?? []
  if (startedAt === undefined || command === undefined || state?.startsWith('Z')) return undefined
  return { startedAt, command }
}
