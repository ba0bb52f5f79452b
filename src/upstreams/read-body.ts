/** A response's bytes → text: gunzipped, capped, complete, and valid UTF-8, or an error that says why not. */
import { isUtf8 } from 'node:buffer'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { formatBytes } from '../config-values.ts'
import { PlumblineError } from '../errors.ts'

export interface BodyText {
  text: string
  /** Decoded. */
  bytes: number
}

export interface BodyRules {
  /** For messages: who sent it. */
  upstream: string
  /** Cap on the decoded bytes; a compressed bomb is stopped at it. */
  maxBytes: number
  /** The Content-Encoding header. */
  contentEncoding: string | undefined
}

/** Throws PlumblineError `fetch_encoding`, `fetch_too_large`, `payload_encoding`, or the stream's own error. */
export async function readBody(body: Readable, rules: BodyRules): Promise<BodyText> {
  const collect = async (source: AsyncIterable<Buffer>) => collectUpTo(rules, source)
  const decoded = isGzip(rules)
    ? await pipeline(body, createGunzip(), collect)
    : await pipeline(body, collect)
  return { text: decodeUtf8(decoded, rules.upstream), bytes: decoded.length }
}

// Each further encoding, or a chain of them, is one more decoder that an upstream can feed with bombs.
export function isGzip({ upstream, contentEncoding = '' }: BodyRules): boolean {
  const encoding = contentEncoding.trim().toLowerCase()
  if (encoding === 'gzip' || encoding === 'x-gzip') return true
  if (encoding === '' || encoding === 'identity') return false
  throw new PlumblineError(
    'fetch_encoding',
    `${upstream} answered with the content encoding "${encoding.slice(0, 40)}"; only gzip is accepted.`,
    { nextStep: 'Nothing but gzip was asked for: look for a proxy between here and the upstream.' },
  )
}

async function collectUpTo(rules: BodyRules, source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > rules.maxBytes) throw tooLarge(rules)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, bytes)
}

export function tooLarge({
  upstream,
  maxBytes,
}: Pick<BodyRules, 'upstream' | 'maxBytes'>): PlumblineError {
  return new PlumblineError(
    'fetch_too_large',
    `${upstream} answered with more than ${formatBytes(maxBytes)} (decoded).`,
    {
      nextStep:
        "If the payload has grown for good, raise FETCH_MAX_BYTES or the adapter's own cap.",
    },
  )
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

// Decoding leniently would store replacement characters in names and ids.
function decodeUtf8(bytes: Buffer, upstream: string): string {
  if (!isUtf8(bytes))
    throw new PlumblineError(
      'payload_encoding',
      `${upstream} answered with text that is not valid UTF-8.`,
      {
        retryable: true,
        nextStep: 'Nothing was changed; if it stays so, tell the upstream.',
      },
    )
  const hasMark = bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark)
  return bytes.toString('utf8', hasMark ? byteOrderMark.length : 0)
}
