/** A request that got no answer, or half of one, as one of our errors. */
import { PlumblineError, toPlumblineError } from '../errors.ts'
import { BlockedAddress } from './address-guard.ts'
import { shownUrl, urlVariable, type Judgement, type RequestSubject } from './response-errors.ts'

/** How far a request got before it failed. */
export type Progress = 'before headers' | 'in the body'

/** An error of the network, of undici or of zlib; anything else is a bug and becomes `internal`. */
export function networkError(
  error: unknown,
  progress: Progress,
  subject: RequestSubject,
): PlumblineError {
  if (error instanceof PlumblineError) return error
  if (error instanceof BlockedAddress) return blockedError(error, subject)
  const reason = errorReason(error)
  if (reason === undefined) return toPlumblineError(error)
  const { code, retryable, nextStep } = judgeReason(reason, progress)
  const what = progress === 'in the body' ? 'broke off its answer to' : 'gave no answer to'
  return new PlumblineError(
    code,
    `${subject.upstream} ${what} ${shownUrl(subject.url)} (${reason}).`,
    {
      retryable,
      nextStep,
      cause: error,
    },
  )
}

/** The code of the error or of what caused it: libraries wrap. Undefined for what the network never throws. */
export function errorReason(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; depth++) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code
    // undici gives it no code.
    if (cause.name === 'HTTPParserError') return cause.name
    cause = cause.cause
  }
  return undefined
}

/** Codes that mean the same wherever they occur. */
const knownReasons: readonly [RegExp, Judgement][] = [
  [
    /^UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$|^ETIMEDOUT$/,
    {
      code: 'fetch_timeout',
      retryable: true,
      nextStep: 'It is tried again; the deadline is FETCH_TIMEOUT.',
    },
  ],
  [
    /^UND_ERR_(CLOSED|DESTROYED|ABORTED)$/,
    { code: 'cancelled', retryable: true, nextStep: 'The process is shutting down.' },
  ],
  [
    /^UND_ERR_INVALID_ARG$|^ERR_INVALID_(URL|CHAR)$/,
    {
      code: 'invalid_argument',
      retryable: false,
      nextStep: 'Check the URL and the key of this upstream.',
    },
  ],
  [
    /^Z_DATA_ERROR$/,
    {
      code: 'fetch_encoding',
      retryable: true,
      nextStep: 'The body says gzip and is none; it is tried again.',
    },
  ],
  [
    /^HTTPParserError$|^UND_ERR_HEADERS_OVERFLOW$/,
    {
      code: 'http_unexpected',
      retryable: true,
      nextStep: 'What answers there does not speak HTTP properly.',
    },
  ],
]

function judgeReason(reason: string, progress: Progress): Judgement {
  const known = knownReasons.find(([pattern]) => pattern.test(reason))?.[1]
  if (known) return known
  return progress === 'in the body'
    ? {
        code: 'fetch_truncated',
        retryable: true,
        nextStep: 'Nothing was changed; it is tried again.',
      }
    : { code: 'fetch_refused', retryable: true, nextStep: connectionAdvice(reason) }
}

function connectionAdvice(reason: string): string {
  if (reason === 'ENOTFOUND' || reason === 'EAI_AGAIN')
    return 'The name does not resolve: check DNS and the connection to the internet.'
  if (/CERT|TLS|SSL|SELF_SIGNED|VERIFY/.test(reason))
    return 'The certificate is not accepted: behind a proxy that decrypts, set NODE_EXTRA_CA_CERTS.'
  return 'Check the connection to the internet and whether the upstream is up; it is tried again.'
}

function blockedError({ address, kind }: BlockedAddress, subject: RequestSubject): PlumblineError {
  const meant = `If it is meant, write the URL into ${urlVariable(subject.upstream)}: private addresses are allowed there.`
  return new PlumblineError(
    'fetch_blocked',
    `${subject.upstream}: ${shownUrl(subject.url)} leads to ${address}, which may not be reached.`,
    {
      nextStep:
        kind === 'private'
          ? meant
          : 'Check the URL: such an address (link-local, metadata, reserved) is never asked.',
    },
  )
}
