/** Answers over HTTP: validators, 304, compression, and what caches on the way may do with them. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Answer, EncodedBody, Encoding } from './answer.ts'
import { acceptedEncoding } from './accepted-encoding.ts'

/** Who may keep the answer: anybody, or only the caller whose key it was made for. */
export type Audience = 'public' | 'private'

/**
 * A minute without asking; then the old answer may be shown while a new one is fetched, and for a week
 * when we cannot be reached: a price list of yesterday beats none.
 */
const cacheControl = {
  public: 'public, max-age=60, stale-while-revalidate=86400, stale-if-error=604800',
  private: 'private, max-age=60, stale-while-revalidate=86400, stale-if-error=604800',
} as const satisfies Record<Audience, string>

export function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
  audience: Audience,
): FastifyReply | Promise<FastifyReply> {
  const encoding = acceptedEncoding(request.headers['accept-encoding'])
  describe(reply, answer, audience)
  if (isHeld(request.headers['if-none-match'], answer.etag)) {
    return reply.header('etag', entityTag(answer, encoding)).code(304).send()
  }
  const encoded = answer.encoded(encoding)
  return 'then' in encoded
    ? encoded.then((form) => sendForm(reply, answer, form))
    : sendForm(reply, answer, encoded)
}

function describe(reply: FastifyReply, answer: Answer, audience: Audience): void {
  reply
    .header('x-catalog-version', answer.version)
    .header('cache-control', cacheControl[audience])
    .header('vary', 'accept-encoding, authorization, x-api-key')
  if (answer.lastModified !== undefined) reply.header('last-modified', answer.lastModified)
}

function sendForm(
  reply: FastifyReply,
  answer: Answer,
  { encoding, body }: EncodedBody,
): FastifyReply {
  reply.header('etag', entityTag(answer, encoding)).header('content-type', answer.contentType)
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
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
