/**
 * The one family of errors. `code` is stable and is what history, metrics, HTTP and the CLI show;
 * nobody matches on messages. A message says what happened, to whom, and what to do next.
 */
export const errorCodes = {
  // what an upstream did
  fetch_refused: 'The connection was refused, reset or could not be resolved.',
  fetch_timeout: 'No complete answer within the deadline.',
  fetch_too_large: 'The decoded body is larger than the cap.',
  fetch_redirect: 'The upstream answered with a redirect that is not followed.',
  fetch_truncated: 'The connection ended before the body was complete.',
  fetch_blocked: 'The address is private and the upstream may not use it.',
  fetch_encoding: 'The body has a content encoding that is not accepted.',
  http_unauthorized: 'The upstream answered 401 or 403: the key is missing or wrong.',
  http_not_found: 'The upstream answered 404 or 410: the URL has moved.',
  http_rate_limited: 'The upstream answered 429.',
  http_server_error: 'The upstream answered 5xx.',
  http_unexpected: 'The upstream answered with a status that makes no sense here.',
  payload_not_json: 'The body is not JSON (an HTML page, an empty or truncated body).',
  payload_encoding: 'The body is not valid UTF-8.',
  payload_shape: 'The JSON does not have the shape of this upstream.',
  payload_empty: 'The list is empty and nothing of this upstream is stored yet.',
  payload_paging: 'The pages do not come to an end (a repeated cursor, too many pages).',
  circuit_open: 'The upstream failed too often; it is tried again after a pause.',
  // what we did
  cancelled: 'The refresh was cancelled or the process is shutting down.',
  abandoned: 'The process that ran the refresh went away and nothing took it up.',
  superseded: 'A newer refresh was applied first.',
  already_running: 'The same refresh is running.',
  cooldown: 'The same refresh ran a moment ago.',
  not_found: 'There is no such thing in the catalog.',
  invalid_argument: 'A value that was passed is not allowed.',
  version_ahead: 'The catalog has not reached that version.',
  version_gone: 'What changed since that version is not kept any more.',
  too_many_streams: 'This process has as many event streams open as it may have.',
  unauthenticated: 'A valid key or token is needed.',
  forbidden: 'The key or token may not do this.',
  rate_limited: 'Too many requests in a minute.',
  identity_unavailable: 'Who calls cannot be found out at the moment.',
  config_invalid: 'A setting is missing or wrong.',
  schema_mismatch: 'The database does not have the schema that this version needs.',
  migration_failed: 'A migration could not be applied.',
  format_held: 'No rendering of this format is fit for the tools that read it.',
  database_unavailable: 'PostgreSQL cannot be reached or does not answer.',
  redis_unavailable: 'Redis cannot be reached or does not answer.',
  redis_misconfigured: 'Redis would lose jobs with its present settings.',
  internal: 'A bug: the error is unknown.',
} as const

export type ErrorCode = keyof typeof errorCodes

export interface ErrorDetails {
  /** Whether the same attempt can succeed later without anybody doing anything. */
  retryable?: boolean
  /** The upstream asked to wait this long (Retry-After). */
  retryAfterMs?: number
  httpStatus?: number
  /** What the caller's key would have to have. */
  missingScope?: string
  /** What a person does about it, one sentence. */
  nextStep?: string
  cause?: unknown
}

export class PlumblineError extends Error {
  override readonly name = 'PlumblineError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly httpStatus: number | undefined
  readonly missingScope: string | undefined
  readonly nextStep: string | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.retryable = details.retryable ?? false
    this.retryAfterMs = details.retryAfterMs
    this.httpStatus = details.httpStatus
    this.missingScope = details.missingScope
    this.nextStep = details.nextStep
  }
}

/** Any thrown value as one of the family. What is not known is `internal` and not retried blindly. */
export function toPlumblineError(error: unknown): PlumblineError {
  if (error instanceof PlumblineError) return error
  if (error instanceof Error && error.name === 'AbortError')
    return new PlumblineError('cancelled', 'The refresh was cancelled.', {
      cause: error,
      retryable: true,
    })
  const known = databaseError(error) ?? redisError(error)
  if (known) return known
  const message = error instanceof Error ? error.message : String(error)
  return new PlumblineError('internal', message, { cause: error, retryable: true })
}

// Prisma wraps what the driver says; some losses of the connection come without any code
// (reference: Prisma 7 with adapter-pg), so the few known texts are matched here and nowhere else.
const lostConnection =
  /timeout exceeded when trying to connect|connection terminated|not queryable|ECONNREFUSED|ECONNRESET|write EPIPE|the database system is (starting up|shutting down)|Can't reach database|Query read timeout|Unable to start a transaction|expired transaction|terminating connection/i
const retryableSqlState = /^(40001|40P01|55P03|57P0[123]|53\d{3}|08\d{3})$/

function databaseError(error: unknown): PlumblineError | undefined {
  for (
    let cause = error, depth = 0;
    cause instanceof Error && depth < 5;
    cause = causeOf(cause), depth++
  ) {
    const state = sqlState(cause)
    if (lostConnection.test(cause.message) || (state && retryableSqlState.test(state)))
      return new PlumblineError('database_unavailable', `PostgreSQL: ${lastLine(cause.message)}`, {
        cause: error,
        retryable: true,
        nextStep:
          'Check that PostgreSQL runs and has free connections and disk; the work is retried.',
      })
  }
  return undefined
}

/** Of a name with several addresses each failure is in a list, and the error itself says nothing. */
function causeOf(error: Error): unknown {
  return error instanceof AggregateError ? error.errors[0] : error.cause
}

/** The SQLSTATE of a driver's error, where there is one. */
function sqlState(error: Error): string | undefined {
  const raw = /^Raw query failed\. Code: `([0-9A-Z]{5})`/m.exec(error.message)?.[1]
  if (raw !== undefined) return raw
  // Prisma's own codes look like it: P2010 is "a raw query failed", whatever the reason.
  if ('code' in error && /^(?!P[12]\d{3})[0-9A-Z]{5}$/.test(String(error.code)))
    return String(error.code)
  if (!('meta' in error)) return undefined
  const match = /"originalCode":"([0-9A-Z]{5})"/.exec(JSON.stringify(error.meta) ?? '')
  return match?.[1]
}

/** ioredis gives its errors no codes: their texts are matched here and nowhere else. */
const lostRedis =
  /max retries per request limit|^Connection is closed|^Command timed out|Stream isn't writeable/i

function redisError(error: unknown): PlumblineError | undefined {
  if (!(error instanceof Error) || !lostRedis.test(error.message)) return undefined
  return new PlumblineError('redis_unavailable', `Redis: ${error.message}`, {
    cause: error,
    retryable: true,
    nextStep: 'Check that Redis runs; the work is retried.',
  })
}

/** The sentence that says it: Prisma puts it last, between backticks. */
function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? text
  return /Message: `(.+)`$/.exec(line)?.[1] ?? line
}
