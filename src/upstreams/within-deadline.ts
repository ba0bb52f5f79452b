/** One deadline over a whole request, together with the caller's own signal. */
import { PlumblineError, toPlumblineError } from '../errors.ts'
import { shownUrl } from './response-errors.ts'

export interface DeadlineSubject {
  upstream: string
  url: string
  signal?: AbortSignal | undefined
}

/**
 * Aborts the work, and stops waiting for it, at the deadline or at the caller's word. Throws
 * PlumblineError `fetch_timeout` or `cancelled` then.
 */
export async function withinDeadline<Result>(
  { upstream, url, signal: outer }: DeadlineSubject,
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController()
  const { signal } = controller
  const cancel = () => controller.abort(cancelled(upstream))
  const timer = setTimeout(() => controller.abort(timedOut(upstream, url, timeoutMs)), timeoutMs)
  if (outer?.aborted) cancel()
  outer?.addEventListener('abort', cancel, { once: true })
  // undici does not look at the signal while it connects, hence the race.
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(toPlumblineError(signal.reason)), { once: true })
  })
  try {
    signal.throwIfAborted()
    return await Promise.race([work(signal), aborted])
  } finally {
    clearTimeout(timer)
    outer?.removeEventListener('abort', cancel)
  }
}

function timedOut(upstream: string, url: string, timeoutMs: number): PlumblineError {
  return new PlumblineError(
    'fetch_timeout',
    `${upstream} did not answer ${shownUrl(url)} in full within ${timeoutMs / 1000} s.`,
    { retryable: true, nextStep: 'It is tried again; if it is always slow, raise FETCH_TIMEOUT.' },
  )
}

function cancelled(upstream: string): PlumblineError {
  return new PlumblineError('cancelled', `The request to ${upstream} was cancelled.`, {
    retryable: true,
  })
}
