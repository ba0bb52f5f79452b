/** Answers over HTTP: validators, 304, compression, and what caches on the way may do with them. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { allowanceHeaders } from '../access/access.ts'
import { acceptedEncoding } from './accepted-encoding.ts'
import type { Answer, EncodedBody, Encoding, SentForm } from './answer.ts'

/** Who may keep the answer: anybody, or only the caller whose key it was made for. */
export type Visibility = 'public' | 'private'

/**
 * A minute without asking; then the old answer may be shown while a new one is fetched, and for a week
 * when we cannot be reached: a price list of yesterday beats none. Of what is measured, yesterday's is
 * no use but then.
 */
const patience = 'max-age=60, stale-while-revalidate=86400, stale-if-error=604800'
const patienceWithMeasured = 'max-age=15, stale-while-revalidate=60, stale-if-error=604800'

export function visibilityOf({ headers }: FastifyRequest): Visibility {
  return headers.authorization === undefined && headers['x-api-key'] === undefined
    ? 'public'
    : 'private'
}

export function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
): FastifyReply | Promise<FastifyReply> {
  const encoded = answer.encoded(acceptedEncoding(request.headers['accept-encoding']))
  return 'then' in encoded
    ? encoded.then((form) => sendForm(request, reply, answer, form))
    : sendForm(request, reply, answer, encoded)
}

function sendForm(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
  { encoding, body }: EncodedBody,
): FastifyReply {
  const visibility = visibilityOf(request)
  void reply
    .header('x-catalog-version', answer.version)
    .header(
      'cache-control',
      `${visibility}, ${answer.isMeasured ? patienceWithMeasured : patience}`,
    )
    .header('vary', 'accept-encoding, authorization, x-api-key')
    .header('etag', entityTag(answer, encoding))
  if (answer.isFormat) void reply.header('x-models-etag', entityTag(answer, encoding))
  if (answer.lastModified !== undefined) void reply.header('last-modified', answer.lastModified)
  if (answer.link !== undefined) void reply.header('link', answer.link)
  if (isHeld(request.headers['if-none-match'], answer.etag)) return reply.code(304).send()
  void reply.header('content-type', answer.contentType)
  if (encoding !== 'identity') void reply.header('content-encoding', encoding)
  if (request.method === 'GET') rememberForm(request, reply, answer, body)
  return reply.send(body)
}

/** Strong, and so one per encoding (RFC 9110, 8.8.3.3). */
function entityTag({ etag }: Answer, encoding: Encoding): string {
  return encoding === 'identity' ? `"${etag}"` : `"${etag}-${encoding}"`
}

/** In whatever encoding the caller holds it. */
function isHeld(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  return ifNoneMatch.split(',').some((stated) => {
    const tag = stated.trim().replace(/^W\//, '').slice(1, -1)
    return tag === etag || tag === `${etag}-br` || tag === `${etag}-gzip`
  })
}

/** These are of one request; all others belong to the answer. */
const ofOneRequest = /^(ratelimit|x-ratelimit|retry-after|x-request-id)/
const ofBody: ReadonlySet<string> = new Set(['content-type', 'content-encoding', 'content-length'])

/** All headers, also those of plugins: who asks again gets the same without their work. */
function rememberForm(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
  body: Buffer,
): void {
  const headers = Object.entries({ ...reply.getHeaders(), 'content-length': body.length })
    .filter(([name]) => !ofOneRequest.test(name))
    .map(([name, value]): [string, string] => [name, String(value)])
  answer.sent.set(formKey(request), {
    body,
    headers: headers.flat(),
    notModifiedHeaders: headers.filter(([name]) => !ofBody.has(name)).flat(),
  })
}

function formKey(request: FastifyRequest): string {
  return `${visibilityOf(request)} ${acceptedEncoding(request.headers['accept-encoding'])}`
}

/**
 * Sends what was sent before to a request that differs in nothing that matters, past everything that
 * costs more than the sending itself. False: it was never sent in this form.
 */
export function sendAgain(request: FastifyRequest, reply: FastifyReply, answer: Answer): boolean {
  const form: SentForm | undefined = answer.sent.get(formKey(request))
  if (!form) return false
  reply.hijack()
  if (isHeld(request.headers['if-none-match'], answer.etag))
    reply.raw.writeHead(304, headersFor(request, form.notModifiedHeaders)).end()
  else reply.raw.writeHead(200, headersFor(request, form.headers)).end(form.body)
  return true
}

function headersFor({ allowance }: FastifyRequest, ofAnswer: readonly string[]): string[] {
  const headers = ofAnswer.slice()
  if (allowance) for (const [name, value] of allowanceHeaders(allowance)) headers.push(name, value)
  return headers
}
