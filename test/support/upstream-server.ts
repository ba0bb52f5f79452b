/**
 * A real HTTP server that plays an upstream, well or badly:
 *
 *     const upstream = await startUpstream()
 *     upstream.answer('/models', { json: { data: [] }, etag: '"1"' })
 *     upstream.answer('/models', [{ status: 429, headers: { 'retry-after': '20' } }, { json: … }])
 *     upstream.answer('/models', (request) => ({ json: page(request.url.searchParams.get('page')) }))
 *     … fetch(`${upstream.url}/models`) …
 *     expect(upstream.requests).toHaveLength(2)
 *     await upstream.close()
 */
import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, gzipSync } from 'node:zlib'

export interface UpstreamRequest {
  method: string
  /** Absolute: the query is in `searchParams`. */
  url: URL
  headers: IncomingHttpHeaders
  body: string
  at: Date
}

export interface UpstreamAnswer {
  /** Default 200. */
  status?: number
  headers?: Record<string, string>
  /** Sent as it is; a stream is sent without a length. */
  body?: string | Buffer | Readable
  /** Instead of a body, for values whose digits do not matter. */
  json?: unknown
  /** Sent, and answered with 304 when the request has it in If-None-Match. */
  etag?: string
  /** Sent, and answered with 304 when the request has it in If-Modified-Since. */
  lastModified?: string
  encoding?: 'gzip' | 'br'
  /** Wait before the first byte. */
  delayMs?: number
  /** The body in pieces of so many bytes. */
  drip?: { bytes: number; everyMs: number }
  /**
   * `silence`: accepts the request and never answers. `reset`: cuts the connection without an answer.
   * `truncate`: promises the whole body, sends half, cuts. `stall`: sends half, then nothing.
   */
  fault?: 'silence' | 'reset' | 'truncate' | 'stall'
}

type Responder = (request: UpstreamRequest) => UpstreamAnswer | Promise<UpstreamAnswer>

export interface UpstreamServer {
  /** Without a slash at the end. */
  readonly url: string
  /** In the order of arrival. */
  readonly requests: UpstreamRequest[]
  /** Answers a path from now on; of a list each request takes the next, and the last one stays. */
  readonly answer: (path: string, answers: UpstreamAnswer | UpstreamAnswer[] | Responder) => void
  readonly requestsTo: (path: string) => UpstreamRequest[]
  /** Cuts every connection. */
  readonly close: () => Promise<void>
}

export function redirectTo(location: string, status = 302): UpstreamAnswer {
  return { status, headers: { location } }
}

/** A path that nothing was scripted for is answered with 404. */
export async function startUpstream(): Promise<UpstreamServer> {
  const responders = new Map<string, Responder>()
  const requests: UpstreamRequest[] = []
  const server = createServer((incoming, outgoing) => {
    void respond(incoming, outgoing).catch(() => outgoing.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The upstream has no port.')
  const url = `http://127.0.0.1:${address.port}`

  async function respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const at = new Date()
    const request = {
      method: incoming.method ?? 'GET',
      url: new URL(incoming.url ?? '/', url),
      headers: incoming.headers,
      body: await text(incoming),
      at,
    }
    requests.push(request)
    const responder = responders.get(request.url.pathname)
    await send(
      outgoing,
      request,
      responder ? await responder(request) : { status: 404, body: 'Not Found' },
    )
  }

  return {
    url,
    requests,
    answer: (path, answers) =>
      void responders.set(path, typeof answers === 'function' ? answers : inTurn(answers)),
    requestsTo: (path) => requests.filter((request) => request.url.pathname === path),
    async close() {
      server.closeAllConnections()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
  }
}

function inTurn(answers: UpstreamAnswer | UpstreamAnswer[]): Responder {
  const list = [answers].flat()
  let next = 0
  return () => list[Math.min(next++, list.length - 1)] ?? { status: 404 }
}

async function send(
  outgoing: ServerResponse,
  request: UpstreamRequest,
  answer: UpstreamAnswer,
): Promise<void> {
  if (answer.delayMs !== undefined) await sleep(answer.delayMs)
  if (answer.fault === 'silence') return
  if (answer.fault === 'reset') return void outgoing.destroy()
  writeHeaders(outgoing, answer)
  if (isFresh(request, answer)) return void outgoing.writeHead(304).end()
  outgoing.statusCode = answer.status ?? 200
  if (answer.body instanceof Readable) return pipeline(answer.body, outgoing)
  await sendBytes(outgoing, bytesOf(answer), answer)
}

function writeHeaders(outgoing: ServerResponse, answer: UpstreamAnswer): void {
  if (answer.json !== undefined) outgoing.setHeader('content-type', 'application/json')
  if (answer.etag !== undefined) outgoing.setHeader('etag', answer.etag)
  if (answer.lastModified !== undefined) outgoing.setHeader('last-modified', answer.lastModified)
  for (const [name, value] of Object.entries(answer.headers ?? {})) outgoing.setHeader(name, value)
}

function isFresh(request: UpstreamRequest, answer: UpstreamAnswer): boolean {
  const { 'if-none-match': etag, 'if-modified-since': since } = request.headers
  if (etag !== undefined) return etag === answer.etag
  return since !== undefined && since === answer.lastModified
}

function bytesOf(answer: UpstreamAnswer): Buffer {
  if (answer.body instanceof Readable) return Buffer.alloc(0)
  const plain = Buffer.from(
    answer.body ?? (answer.json === undefined ? '' : JSON.stringify(answer.json)),
  )
  if (answer.encoding === 'gzip') return gzipSync(plain)
  return answer.encoding === 'br' ? brotliCompressSync(plain) : plain
}

async function sendBytes(
  outgoing: ServerResponse,
  bytes: Buffer,
  answer: UpstreamAnswer,
): Promise<void> {
  if (answer.encoding !== undefined) outgoing.setHeader('content-encoding', answer.encoding)
  outgoing.setHeader('content-length', bytes.length)
  if (answer.fault !== undefined) return sendHalf(outgoing, bytes, answer.fault === 'truncate')
  const { bytes: size, everyMs } = answer.drip ?? { bytes: bytes.length, everyMs: 0 }
  for (let start = 0; start < bytes.length && !outgoing.destroyed; start += size) {
    outgoing.write(bytes.subarray(start, start + size))
    if (everyMs > 0) await sleep(everyMs)
  }
  outgoing.end()
}

function sendHalf(outgoing: ServerResponse, bytes: Buffer, thenCut: boolean): void {
  outgoing.write(bytes.subarray(0, bytes.length / 2), () => {
    // Half of it must have left this machine before the cut.
    if (thenCut) setImmediate(() => outgoing.destroy())
  })
}
