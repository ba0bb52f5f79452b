/**
 * One request to an upstream: one deadline over everything from connecting to the last byte, a cap on
 * the decoded bytes, no way into private networks, and no second try except for the one that HTTP/1.1
 * makes necessary. Retries belong to the queue.
 */
import { Agent } from 'undici'
import { PlumblineError, toPlumblineError } from '../errors.ts'
import { createGuardedConnector, type Reach, type ResolveName } from './address-guard.ts'
import { askFollowing, discard, type Answer, type RequestPlan } from './ask.ts'
import { credentialsIn, withoutCredentials } from './credentials.ts'
import { networkError } from './network-errors.ts'
import { isGzip, readBody, tooLarge, type BodyText } from './read-body.ts'
import { header, statusError, type RequestSubject } from './response-errors.ts'
import { withinDeadline } from './within-deadline.ts'

export interface FetchRequest {
  /** Id of the upstream: for messages and metrics. */
  upstream: string
  url: string
  method?: 'GET' | 'POST' | undefined
  /** JSON text of a POST. */
  body?: string | undefined
  /** The key's headers, and what an API demands besides. */
  headers?: Readonly<Record<string, string>> | undefined
  /** Name of the key's variable, for the advice after a 401. */
  keyEnv?: string | undefined
  /** The adapter's cap on decoded bytes; the fetcher's own may be lower. */
  maxBytes?: number | undefined
  /** Loopback and private addresses may be asked: the operator wrote the URL. */
  allowPrivate?: boolean | undefined
  signal?: AbortSignal | undefined
  /** Validators of the body at hand; with them a 304 is an answer. */
  etag?: string | undefined
  lastModified?: string | undefined
}

export interface FetchedResponse {
  status: number
  /** 304: the body at hand is still right; `body` is empty. */
  notModified: boolean
  body: string
  /** Decoded. */
  bytes: number
  etag: string | undefined
  lastModified: string | undefined
  contentType: string | undefined
  durationMs: number
  /** After redirects. */
  url: string
}

export interface Fetcher {
  /** Throws PlumblineError: a `fetch_…`, `http_…` or `payload_encoding` code, or `cancelled`. */
  fetch: (request: FetchRequest) => Promise<FetchedResponse>
  /** Breaks off what is under way. */
  close: () => Promise<void>
}

/** One request as metrics see it. */
export interface FetchReport {
  upstream: string
  /** HTTP status, or the error's code where there was no answer or it could not be used. */
  code: string
  durationMs: number
  bytes: number
}

export interface FetcherOptions {
  timeoutMs: number
  /** Cap on decoded bytes for every upstream. */
  maxBytes: number
  userAgent: string
  onResponse?: (report: FetchReport) => void
  /** Tests resolve names themselves. */
  resolve?: ResolveName
}

export function createFetcher(options: FetcherOptions): Fetcher {
  const agents = {
    public: createAgent('public', options),
    private: createAgent('private', options),
  }
  return {
    fetch: async (request) => {
      const startedAt = performance.now()
      const report = (code: string | number, bytes: number) => {
        const durationMs = performance.now() - startedAt
        options.onResponse?.({ upstream: request.upstream, code: String(code), durationMs, bytes })
        return durationMs
      }
      try {
        const response = await withinDeadline(request, options.timeoutMs, (signal) =>
          exchange(planRequest(request, options, agents, signal), request, options.maxBytes),
        )
        return { ...response, durationMs: report(response.status, response.bytes) }
      } catch (thrown) {
        const error = toPlumblineError(thrown)
        report(error.httpStatus ?? error.code, 0)
        throw error
      }
    },
    close: async () => {
      await Promise.all([agents.public.destroy(), agents.private.destroy()])
    },
  }
}

function createAgent(reach: Reach, { timeoutMs, resolve }: FetcherOptions): Agent {
  return new Agent({
    connect: createGuardedConnector(reach, timeoutMs, resolve),
    connections: 4,
    pipelining: 1,
    // These count from event to event, so that an upstream that drips is never late: the deadline rules.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

function planRequest(
  request: FetchRequest,
  options: FetcherOptions,
  agents: Record<Reach, Agent>,
  signal: AbortSignal,
): RequestPlan {
  const { upstream, keyEnv, headers = {} } = request
  return {
    url: parseHttpUrl(request),
    method: request.method ?? 'GET',
    body: request.body ?? null,
    headers: requestHeaders(request, options.userAgent),
    agent: agents[request.allowPrivate ? 'private' : 'public'],
    signal,
    subject: { upstream, url: request.url, keyEnv, hasKey: credentialsIn(headers).length > 0 },
  }
}

function parseHttpUrl({ url, upstream }: FetchRequest): URL {
  const parsed = URL.parse(url)
  if (parsed?.protocol === 'https:' || parsed?.protocol === 'http:') return parsed
  throw new PlumblineError('invalid_argument', `The URL of ${upstream} is not an http(s) URL.`)
}

function requestHeaders(request: FetchRequest, userAgent: string): Record<string, string> {
  return {
    'user-agent': userAgent,
    accept: 'application/json, text/plain;q=0.5, */*;q=0.1',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(request.etag === undefined ? {} : { 'if-none-match': request.etag }),
    ...(request.lastModified === undefined ? {} : { 'if-modified-since': request.lastModified }),
    ...request.headers,
    'accept-encoding': 'gzip',
  }
}

type Exchanged = Omit<FetchedResponse, 'durationMs'>

async function exchange(
  plan: RequestPlan,
  request: FetchRequest,
  maxBytes: number,
): Promise<Exchanged> {
  const answer = await askFollowing(plan)
  const { statusCode: status, headers } = answer
  const facts = {
    status,
    url: answer.url.href,
    etag: header(headers, 'etag'),
    lastModified: header(headers, 'last-modified'),
    contentType: header(headers, 'content-type'),
  }
  if (status === 304 && isConditional(request)) {
    discard(answer)
    return { ...facts, notModified: true, body: '', bytes: 0 }
  }
  if (status !== 200 && status !== 203) {
    discard(answer)
    throw statusError(status, headers, plan.subject)
  }
  const { text, bytes } = await readAnswer(
    answer,
    plan.subject,
    Math.min(request.maxBytes ?? Infinity, maxBytes),
  )
  return { ...facts, notModified: false, body: withoutCredentials(text, request.headers), bytes }
}

function isConditional({ etag, lastModified }: FetchRequest): boolean {
  return etag !== undefined || lastModified !== undefined
}

async function readAnswer(
  { body, headers }: Answer,
  subject: RequestSubject,
  maxBytes: number,
): Promise<BodyText> {
  const { upstream } = subject
  const rules = { upstream, maxBytes, contentEncoding: header(headers, 'content-encoding') }
  try {
    const statedBytes = Number(header(headers, 'content-length') ?? 0)
    if (!isGzip(rules) && statedBytes > maxBytes) throw tooLarge(rules)
    return await readBody(body, rules)
  } catch (error) {
    discard({ body })
    throw networkError(error, 'in the body', subject)
  }
}
