/**
 * An answer that is no payload, as one of our errors. Messages name the upstream and the URL without
 * query and credentials; bodies of error answers are not quoted, since some echo the key.
 */
import type { IncomingHttpHeaders } from 'undici/types/header.js'
import { PlumblineError, type ErrorCode } from '../errors.ts'
import { upstreamEnvId } from '../upstream-settings.ts'

/** The part of a request that messages speak of. */
export interface RequestSubject {
  upstream: string
  url: string
  /** The variable of the upstream's key, where it has one. */
  keyEnv?: string | undefined
  /** Whether a key was sent. */
  hasKey: boolean
}

/** A URL as it may be shown: without user, password, query and fragment. */
export function shownUrl(url: string | URL): string {
  const parsed = URL.parse(String(url))
  return parsed ? parsed.origin + parsed.pathname : '(not a URL)'
}

export function urlVariable(upstream: string): string {
  return `PLUMBLINE_UPSTREAM_${upstreamEnvId(upstream)}_URL`
}

/** For every status but 200, 203 and a 304 that was asked for. */
export function statusError(
  status: number,
  headers: IncomingHttpHeaders,
  subject: RequestSubject,
): PlumblineError {
  const { code, retryable, nextStep } = judgeStatus(status, subject)
  const retryAfterMs = retryable ? readRetryAfter(headers) : undefined
  return new PlumblineError(
    code,
    `${subject.upstream} answered ${status} to ${shownUrl(subject.url)}.`,
    {
      retryable,
      httpStatus: status,
      nextStep,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  )
}

export interface Judgement {
  code: ErrorCode
  retryable: boolean
  nextStep: string
}

function judgeStatus(status: number, subject: RequestSubject): Judgement {
  if (status === 401 || status === 403)
    return { code: 'http_unauthorized', retryable: false, nextStep: keyAdvice(subject) }
  if (status === 404 || status === 410)
    return {
      code: 'http_not_found',
      retryable: false,
      nextStep: `Look up where the list is now and set ${urlVariable(subject.upstream)}.`,
    }
  if (status === 429)
    return { code: 'http_rate_limited', retryable: true, nextStep: rateAdvice(subject) }
  if (status >= 500)
    return {
      code: 'http_server_error',
      retryable: true,
      nextStep: 'The upstream has a problem of its own; it is tried again.',
    }
  return {
    code: 'http_unexpected',
    // 408 and 425 ask for a second try by definition; a 2xx without a whole body may be a hiccup.
    retryable: status < 300 || status === 408 || status === 425,
    nextStep: `Open the URL by hand; if the list has moved, set ${urlVariable(subject.upstream)}.`,
  }
}

function keyAdvice({ keyEnv, hasKey, upstream }: RequestSubject): string {
  if (keyEnv === undefined) return `${upstream} needs no key: the network may be blocked there.`
  return hasKey
    ? `Check the key in ${keyEnv}: it is wrong, expired or lacks rights.`
    : `Set ${keyEnv}.`
}

function rateAdvice({ keyEnv, hasKey }: RequestSubject): string {
  const hint = keyEnv !== undefined && !hasKey ? `, or set ${keyEnv} for a higher limit` : ''
  return `It is tried again later; poll less often${hint}.`
}

const longestRetryAfterMs = 24 * 3_600_000

/**
 * Retry-After in milliseconds, 24 h at most: seconds, or a date, which is read against the answer's own
 * Date header so that a wrong clock on either side does no harm. Undefined when absent or unreadable.
 */
export function readRetryAfter(
  headers: IncomingHttpHeaders,
  now: () => number = Date.now,
): number | undefined {
  const stated = header(headers, 'retry-after')?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(stated))
    return Math.min(Math.ceil(Number(stated) * 1000), longestRetryAfterMs)
  const at = Date.parse(stated)
  // Date.parse takes "-5" for a day in May; a date of HTTP has names in it.
  if (!/[a-z]{3}/i.test(stated) || Number.isNaN(at)) return undefined
  const answeredAt = Date.parse(header(headers, 'date') ?? '')
  const waitMs = at - (Number.isNaN(answeredAt) ? now() : answeredAt)
  return Math.min(Math.max(waitMs, 0), longestRetryAfterMs)
}

export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

export function redirectError(
  target: URL | undefined,
  status: number,
  subject: RequestSubject,
): PlumblineError {
  const to = target ? shownUrl(target) : 'an address that is not a URL'
  return new PlumblineError(
    'fetch_redirect',
    `${subject.upstream} redirects ${shownUrl(subject.url)} to ${to}, which is not followed.`,
    {
      httpStatus: status,
      nextStep: `If that is the upstream's new address, set ${urlVariable(subject.upstream)} to it.`,
    },
  )
}
