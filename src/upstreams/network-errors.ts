/** A request that got no answer, or half of one, as one of our errors. */
import { PlumblineError } from '../errors.ts'
import { BlockedAddress } from './address-guard.ts'
import { shownUrl, urlVariable, type Judgement, type RequestSubject } from './response-errors.ts'

/** How far a request got before it failed. */
export type Progress = 'before headers' | 'in the body'

/** An error of the network, of undici or of zlib. */
export function networkError(
  error: unknown,
  progress: Progress,
  subject: RequestSubject,
): PlumblineError {
  if (error instanceof PlumblineError) return error
  if (error instanceof BlockedAddress) return blockedError(error, subject)
  const reason = errorReason(error)
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

/** The code of the error or of what caused it; libraries wrap. */
export function errorReason(error: unknown): string {
  for (
    let cause = error, depth = 0;
    cause instanceof Error && depth < 5;
    cause = cause.cause, depth++
  )
    if ('code' in cause && typeof cause.code === 'string') return cause.code
  return error instanceof Error ? error.message : String(error)
}

function judgeReason(reason: string, progress: Progress): Judgement {
  if (/^UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$|^ETIMEDOUT$/.test(reason))
    return {
      code: 'fetch_timeout',
      retryable: true,
      nextStep: 'It is tried again; FETCH_TIMEOUT is the deadline.',
    }
  if (/^UND_ERR_(CLOSED|DESTROYED|ABORTED)$/.test(reason))
    return { code: 'cancelled', retryable: true, nextStep: 'The process is shutting down.' }
  if (/^UND_ERR_INVALID_ARG$|^ERR_INVALID_/.test(reason))
    return {
      code: 'invalid_argument',
      retryable: false,
      nextStep: 'Check the URL and the key of this upstream.',
    }
  if (reason === 'Z_DATA_ERROR')
    return {
      code: 'fetch_encoding',
      retryable: true,
      nextStep: 'The body says gzip and is none; it is tried again.',
    }
  if (progress === 'in the body')
    return {
      code: 'fetch_truncated',
      retryable: true,
      nextStep: 'Nothing was changed; it is tried again.',
    }
  if (/^HPE_|^UND_ERR_HEADERS_OVERFLOW$/.test(reason))
    return {
      code: 'http_unexpected',
      retryable: true,
      nextStep: 'What answers there does not speak HTTP properly.',
    }
  return { code: 'fetch_refused', retryable: true, nextStep: connectionAdvice(reason) }
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
