/** How an attempt to collect went, in the run, the upstream's state and the metrics. */
import type { ErrorCode, PlumblineError } from '../errors.ts'
import { recordFailure, recordProgress } from '../history/end-runs.ts'
import { recordUpstreamFailure, recordUpstreamSuccess } from '../history/upstream-state.ts'
import type { Collect } from './collect.ts'
import type { FetchedPayload, NotModified } from './fetch-snapshot.ts'
import { recordCollectEnd } from './record-metrics.ts'

export function describeFetch({ phases }: Collect, fetched: FetchedPayload | NotModified) {
  const offline = fetched.kind === 'payload' ? fetched.offline : undefined
  return {
    ...(fetched.httpStatus === undefined ? {} : { httpStatus: fetched.httpStatus }),
    ...(fetched.kind === 'payload' ? { bytes: fetched.bytes } : {}),
    ...(offline ? { note: `${offline.error.message} Applied instead: ${offline.source}.` } : {}),
    phases: phases.toRecord(),
  }
}

/** What was packed with the software is no sign of life of the upstream. */
export async function recordSuccess(
  { context, upstream }: Collect,
  fetched: FetchedPayload | NotModified,
): Promise<void> {
  const { id } = upstream.definition
  if (fetched.kind === 'payload' && fetched.offline) {
    await recordUpstreamFailure(context.db, id, fetched.offline.error, context.circuit)
    return
  }
  await recordUpstreamSuccess(context.db, id, context.circuit)
}

/** What went wrong on our side must not open the circuit of an upstream. */
const notItsFault: ReadonlySet<ErrorCode> = new Set([
  'circuit_open',
  'cancelled',
  'superseded',
  'redis_unavailable',
  'database_unavailable',
])

/** Returns the error, to be thrown. */
export async function recordFailedAttempt(
  { context, run, upstream, phases }: Collect,
  error: PlumblineError,
  isLastAttempt: boolean,
): Promise<PlumblineError> {
  const { id } = upstream.definition
  // Who cancels hands the job to somebody else: the run goes on there.
  const isFinal = error.code !== 'cancelled' && (isLastAttempt || !error.retryable)
  context.metrics.errors.inc({ code: error.code })
  if (!notItsFault.has(error.code))
    await recordUpstreamFailure(context.db, id, error, context.circuit)
  await recordProgress(context.db, run, { phases: phases.toRecord() })
  await recordFailure(context.db, run, error, isFinal)
  if (isFinal) recordCollectEnd(context, run, 'failed', error)
  return error
}
