/** What a shell learns from a command: README.md § Daily tasks. */
import type { PlumblineError } from '../errors.ts'
import type { RunStatus } from '../history/runs.ts'

export const exitCodes = { done: 0, failed: 1, wrongUse: 2, held: 3 } as const

/** After Ctrl-C, as shells do it: 128 + SIGINT. */
export const interrupted = 130

export function exitCodeOfError({ code }: PlumblineError): number {
  return code === 'invalid_argument' ? exitCodes.wrongUse : exitCodes.failed
}

const outcomeCodes: Record<RunStatus, number> = {
  queued: exitCodes.done,
  running: exitCodes.done,
  applied: exitCodes.done,
  unchanged: exitCodes.done,
  superseded: exitCodes.done,
  held: exitCodes.held,
  partial: exitCodes.failed,
  failed: exitCodes.failed,
  cancelled: exitCodes.failed,
}

/** The worst of them: a failure outweighs a hold. */
export function exitCodeOfRuns(runs: readonly { status: RunStatus; held: number }[]): number {
  const codes = new Set(runs.map(exitCodeOfRun))
  if (codes.has(exitCodes.failed)) return exitCodes.failed
  return codes.has(exitCodes.held) ? exitCodes.held : exitCodes.done
}

function exitCodeOfRun({ status, held }: { status: RunStatus; held: number }): number {
  const code = outcomeCodes[status]
  return held > 0 && code === exitCodes.done ? exitCodes.held : code
}
