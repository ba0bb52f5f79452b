/**
 * Processes that serve until they are told to stop. SIGINT and SIGTERM are the same; what was opened is
 * closed in reverse order, also when the stop comes in the middle of the start; a second signal, or the
 * deadline, ends the process at once.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import type { Logger } from '../log.ts'
import { runWithin } from '../run-within.ts'
import { note, noteError, paintNote } from './terminal.ts'

export interface Serving {
  /** Aborted when the stop begins. */
  signal: AbortSignal
  /** Registers how to close what was just opened; each step has its own deadline. */
  onStop: (close: () => Promise<unknown>, deadlineMs?: number) => void
}

const stepDeadlineMs = 5000

/** Resolves when `start` does; the process then lives on until a signal. Rejects when the start fails. */
export async function runUntilStopped(
  shutdownTimeoutMs: number,
  start: (serving: Serving) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const opened = new AsyncDisposableStack()
  const serving: Serving = {
    signal: stop.signal,
    onStop: (close, deadlineMs = stepDeadlineMs) =>
      opened.defer(() => runWithin(deadlineMs, close).then(() => undefined)),
  }
  // In a variable before the signals are heard: the stop waits for a start that is under way.
  const started = start(serving)
  const grace = closeWithGrace(
    {
      delay: shutdownTimeoutMs,
      onSecondSignal: () => undefined,
      onTimeout: () => note(`${paintNote.yellow('warning')} not everything was closed in time`),
      // A serving process never runs out of work by itself.
      skip: ['beforeExit'],
    },
    async ({ err }) => {
      if (err) noteError(err)
      stop.abort(new DOMException('The process is stopping.', 'AbortError'))
      const isStarted = started.catch(() => undefined)
      // What is shown of the start goes first: it would be drawn over this line.
      await Promise.race([isStarted, sleep(50)])
      if (process.stderr.isTTY) note('Stopping … (again: at once)')
      await isStarted
      await opened.disposeAsync()
    },
  )
  try {
    await started
  } catch (error) {
    if (stop.signal.aborted) return
    grace.uninstall()
    await opened.disposeAsync()
    throw error
  }
}

/** Tells the process manager (PM2's `wait_ready`) and the log. */
export function announceReady(log: Logger, message: string, fields: object = {}): void {
  log.info(fields, message)
  process.send?.('ready')
}
