/**
 * An answer that many callers get: bytes at one version of the catalog, with what HTTP needs to say of
 * them. Compressed at most once per encoding, when somebody asks for it first.
 */
import { hash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

export type Encoding = 'br' | 'gzip' | 'identity'

export interface AnswerParts {
  /** The version of which every part of the body is. */
  version: number
  /** When that version was committed; undefined: nothing was committed yet. */
  committedAt: Date | undefined
  contentType: string
  /** The header Link: where the next page is. */
  link?: string | undefined
  /** What refreshes measure is in it: it ages without a change of the catalog. */
  isMeasured?: boolean | undefined
  /** A list in another tool's format: clients in the way of Codex renew what they hold by `X-Models-Etag`. */
  isFormat?: boolean | undefined
  body: Buffer
}

export interface Answer extends AnswerParts {
  /** Of the content: two versions with the same bytes have the same. Without quotes. */
  etag: string
  lastModified: string | undefined
  /** At once where it was compressed before. Small bodies stay as they are. */
  encoded: (encoding: Encoding) => EncodedBody | Promise<EncodedBody>
  /** In which it was compressed so far. */
  encodings: () => Encoding[]
  /** By encoding and by who may keep it. */
  sent: Map<string, SentForm>
  /** What it holds in memory, compressed forms included. */
  readonly bytes: number
}

/** An answer as it was sent once, for those who ask for the very same again. */
export interface SentForm {
  /** Names and values in turn, as `writeHead` takes them. */
  headers: string[]
  /** The same for a 304: without what describes a body. */
  notModifiedHeaders: string[]
  body: Buffer
}

export interface EncodedBody {
  encoding: Encoding
  body: Buffer
}

export const jsonType = 'application/json; charset=utf-8'

/** Below it, what compressing saves is less than a packet. */
const compressFromBytes = 1024

// Level 5 is where brotli is as fast as gzip on JSON and a fifth smaller.
const compress = {
  br: (body: Buffer) =>
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (body: Buffer) => promisify(gzip)(body, { level: 6 }),
} as const

export function createAnswer(parts: AnswerParts): Answer {
  const { body, committedAt } = parts
  const forms = new Map<Encoding, EncodedBody | Promise<EncodedBody>>([
    ['identity', { encoding: 'identity', body }],
  ])
  const answer = {
    ...parts,
    etag: hash('sha256', body, 'base64url').slice(0, 27),
    lastModified: committedAt?.toUTCString(),
    sent: new Map<string, SentForm>(),
    encoded(encoding: Encoding): EncodedBody | Promise<EncodedBody> {
      const form = forms.get(body.length < compressFromBytes ? 'identity' : encoding)
      return form ?? compressAs(encoding)
    },
    encodings: () => [...forms.keys()].filter((encoding) => encoding !== 'identity'),
    get bytes() {
      let bytes = 500
      for (const form of forms.values()) if ('body' in form) bytes += form.body.length
      return bytes
    },
  }
  async function compressAs(encoding: Encoding): Promise<EncodedBody> {
    if (encoding === 'identity') return { encoding, body }
    const compressing = compress[encoding](body).then((compressed) => {
      const form: EncodedBody = { encoding, body: compressed }
      forms.set(encoding, form)
      return form
    })
    forms.set(encoding, compressing)
    return compressing
  }
  return answer
}

export function jsonAnswer(
  parts: Omit<AnswerParts, 'contentType' | 'body'>,
  value: unknown,
): Answer {
  return createAnswer({ ...parts, contentType: jsonType, body: Buffer.from(JSON.stringify(value)) })
}
