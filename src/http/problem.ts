/**
 * Errors as RFC 9457 problem documents: the one place where a code of errors.ts becomes a status. What
 * went wrong on our side is told in general words; the particulars, which may name hosts or quote SQL,
 * are in the log under the same request id.
 */
import { STATUS_CODES } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errorCodes, PlumblineError, toPlumblineError, type ErrorCode } from '../errors.ts'
import { hideTokens } from '../hide-tokens.ts'
import { requestIdOf } from './request-id.ts'
import { readInvalidFields, type InvalidField } from './invalid-request.ts'

/** Of a request, in bytes. */
export const bodyLimit = 64 * 1024

export const problemType = 'application/problem+json; charset=utf-8'

export const statusByCode = {
  invalid_argument: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  already_running: 409,
  superseded: 409,
  version_ahead: 409,
  version_gone: 410,
  cooldown: 429,
  rate_limited: 429,
  internal: 500,
  config_invalid: 500,
  fetch_refused: 502,
  fetch_timeout: 504,
  fetch_too_large: 502,
  fetch_redirect: 502,
  fetch_truncated: 502,
  fetch_blocked: 502,
  fetch_encoding: 502,
  http_unauthorized: 502,
  http_not_found: 502,
  http_rate_limited: 502,
  http_server_error: 502,
  http_unexpected: 502,
  payload_not_json: 502,
  payload_encoding: 502,
  payload_shape: 502,
  payload_empty: 502,
  payload_paging: 502,
  abandoned: 503,
  cancelled: 503,
  circuit_open: 503,
  too_many_streams: 503,
  identity_unavailable: 503,
  schema_mismatch: 503,
  format_held: 503,
  migration_failed: 503,
  database_unavailable: 503,
  redis_unavailable: 503,
  redis_misconfigured: 503,
} as const satisfies Record<ErrorCode, number>

export interface Problem {
  /** `urn:plumbline:error:<code>`; `about:blank` where the status says it all. */
  type: string
  title: string
  status: number
  detail: string
  code: ErrorCode
  /** Each parameter that is wrong. */
  errors?: InvalidField[]
  /** What the caller can do about it. */
  nextStep?: string
  /** What the key would have to have. */
  requiredScope?: string
  /** Also in the header Retry-After. */
  retryAfterSeconds?: number
  requestId?: string
}

export function describeProblem(error: unknown): Problem {
  const fields = readInvalidFields(error)
  if (fields) return invalidRequest(fields, error)
  const refusal = frameworkRefusal(error)
  if (refusal) return refusal
  const known = toPlumblineError(error)
  const status = statusByCode[known.code]
  const { retryAfterMs, nextStep, missingScope } = known
  return {
    type: `urn:plumbline:error:${known.code}`,
    title: errorCodes[known.code],
    status,
    detail: status < 500 ? known.message : errorCodes[known.code],
    code: known.code,
    ...(nextStep === undefined || status >= 500 ? {} : { nextStep }),
    ...(missingScope === undefined ? {} : { requiredScope: missingScope }),
    ...(retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }),
  }
}

function invalidRequest(errors: InvalidField[], error?: unknown): Problem {
  const code = 'invalid_argument'
  return {
    type: `urn:plumbline:error:${code}`,
    title: errorCodes[code],
    status: statusByCode[code],
    detail: errors.map(tell).join('; '),
    code,
    errors,
    nextStep:
      (error instanceof PlumblineError ? error.nextStep : undefined) ??
      'The parameters of every path are at /docs.',
  }
}

function tell({ field, message }: InvalidField): string {
  return `${field}: ${message}`
}

/** By Fastify's code: its own messages name no part of the request, or quote it. */
const unread: Readonly<Record<string, InvalidField>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: { field: 'body', message: 'is not JSON' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { field: 'body', message: 'is empty' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { field: 'body', message: 'is not as long as it says' },
  FST_ERR_CTP_BODY_TOO_LARGE: { field: 'body', message: `may have ${bodyLimit} bytes at most` },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    field: 'content-type',
    message: 'is not taken here',
    allowed: ['application/json'],
  },
  FST_ERR_MAX_PARAM_LENGTH: { field: 'url', message: 'has a part that is longer than any id' },
  FST_ERR_BAD_URL: {
    field: 'url',
    message: 'has a % that is not followed by the two digits of a byte of UTF-8; % itself is %25',
  },
}

/** What Fastify itself refuses. */
function frameworkRefusal(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || error instanceof PlumblineError) return undefined
  if (!('statusCode' in error) || typeof error.statusCode !== 'number') return undefined
  const { statusCode: status } = error
  if (status < 400 || status >= 500) return undefined
  const field = 'code' in error ? unread[String(error.code)] : undefined
  if (!field) return refusal(status, error.message)
  return status === 400
    ? invalidRequest([field])
    : { ...refusal(status, tell(field)), errors: [field] }
}

export function refusal(status: number, detail: string): Problem {
  const code = status === 404 ? 'not_found' : 'invalid_argument'
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Refused', status, detail, code }
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem) {
  if (problem.retryAfterSeconds !== undefined)
    void reply.header('retry-after', problem.retryAfterSeconds)
  const challenge = challengeOf(problem)
  if (challenge !== undefined) void reply.header('www-authenticate', challenge)
  const text = JSON.stringify({ ...problem, requestId: requestIdOf(request) })
  return (
    reply
      .code(problem.status)
      .header('cache-control', 'no-store')
      .type(problemType)
      // What was sent to the wrong place, such as a key for an id, does not come back.
      .send(hideTokens(text))
  )
}

/** RFC 9110 wants one with every 401; RFC 6750 says what is in it. */
function challengeOf({ status, code, requiredScope }: Problem): string | undefined {
  const scope = requiredScope === undefined ? '' : `, scope="${requiredScope}"`
  if (status === 401) return `Bearer realm="plumbline"${scope}`
  const isLacking = code === 'forbidden'
  return isLacking ? `Bearer realm="plumbline", error="insufficient_scope"${scope}` : undefined
}
