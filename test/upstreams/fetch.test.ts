import { createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PlumblineError } from '../../src/errors.ts'
import {
  createFetcher,
  type Fetcher,
  type FetchReport,
  type FetchRequest,
} from '../../src/upstreams/fetch.ts'
import {
  redirectTo,
  startUpstream,
  type UpstreamAnswer,
  type UpstreamServer,
} from '../support/upstream-server.ts'

const megabyte = 1024 * 1024
const secret = 'sk-canary-0123456789'

let upstream: UpstreamServer
let fetcher: Fetcher
let reports: FetchReport[]
const closers: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  reports = []
  upstream = await startUpstream()
  fetcher = createFetcher({
    timeoutMs: 2000,
    maxBytes: megabyte,
    userAgent: 'Plumbline/test',
    onResponse: (report) => reports.push(report),
  })
})

afterEach(async () => {
  await fetcher.close()
  await upstream.close()
  for (const close of closers.splice(0)) await close()
})

function request(overrides: Partial<FetchRequest> = {}): FetchRequest {
  return { upstream: 'acme', url: `${upstream.url}/models`, allowPrivate: true, ...overrides }
}

async function errorOf(promise: Promise<unknown>): Promise<PlumblineError> {
  const thrown = await promise.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  )
  if (thrown instanceof PlumblineError) return thrown
  throw new Error('No PlumblineError was thrown', { cause: thrown })
}

/** The error of one request to a server that answers so. */
async function errorAfter(answer: UpstreamAnswer, overrides: Partial<FetchRequest> = {}) {
  upstream.answer('/models', answer)
  return errorOf(fetcher.fetch(request(overrides)))
}

function impatient(timeoutMs = 150): Fetcher {
  const other = createFetcher({ timeoutMs, maxBytes: megabyte, userAgent: 'Plumbline/test' })
  closers.push(other.close)
  return other
}

/** A server that writes bytes by hand, for what an HTTP library does not let out. */
async function startRaw(talk: (socket: Socket, connection: number) => void): Promise<string> {
  let connections = 0
  const sockets: Socket[] = []
  const server: Server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    talk(socket, ++connections)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return `http://127.0.0.1:${address.port}/models`
}

describe('a good answer', () => {
  test('comes back as text with its validators and counts', async () => {
    upstream.answer('/models', {
      body: '{"data":["é"]}',
      etag: '"1"',
      lastModified: 'Wed, 21 Oct 2026 07:28:00 GMT',
      headers: { 'content-type': 'application/json' },
    })
    const response = await fetcher.fetch(request())
    expect(response).toMatchObject({
      status: 200,
      notModified: false,
      body: '{"data":["é"]}',
      bytes: 15,
      etag: '"1"',
      lastModified: 'Wed, 21 Oct 2026 07:28:00 GMT',
      contentType: 'application/json',
      url: `${upstream.url}/models`,
    })
    expect(response.durationMs).toBeGreaterThan(0)
    expect(reports).toEqual([
      { upstream: 'acme', code: '200', bytes: 15, durationMs: response.durationMs },
    ])
  })

  test('is asked for by name, in gzip only, with the headers of the adapter', async () => {
    upstream.answer('/models', { json: {} })
    await fetcher.fetch(request({ headers: { 'x-api-key': secret } }))
    expect(upstream.requests[0]?.headers).toMatchObject({
      'user-agent': 'Plumbline/test',
      'accept-encoding': 'gzip',
      'x-api-key': secret,
    })
  })

  test('is unzipped, and its decoded bytes are counted', async () => {
    upstream.answer('/models', { body: JSON.stringify('a'.repeat(5000)), encoding: 'gzip' })
    await expect(fetcher.fetch(request())).resolves.toMatchObject({ bytes: 5002 })
  })

  test('may come with any content type: the parser judges the content', async () => {
    upstream.answer('/models', { body: '{}', headers: { 'content-type': 'text/html' } })
    await expect(fetcher.fetch(request())).resolves.toMatchObject({ body: '{}' })
  })

  test('loses its byte order mark', async () => {
    upstream.answer('/models', { body: '\ufeff{}' })
    await expect(fetcher.fetch(request())).resolves.toMatchObject({ body: '{}', bytes: 5 })
  })

  test('to a POST carries its JSON', async () => {
    upstream.answer('/models', { json: {} })
    await fetcher.fetch(request({ method: 'POST', body: '{"page":2}' }))
    expect(upstream.requests[0]).toMatchObject({ method: 'POST', body: '{"page":2}' })
    expect(upstream.requests[0]?.headers['content-type']).toBe('application/json')
  })

  test('never contains the key that was sent, even where the server echoes it', async () => {
    upstream.answer('/models', ({ headers }) => ({ json: { echo: headers.authorization } }))
    const response = await fetcher.fetch(
      request({ headers: { authorization: `Bearer ${secret}` } }),
    )
    expect(response.body).toBe('{"echo":"Bearer [redacted]"}')
  })
})

describe('304', () => {
  test.each([
    ['If-None-Match', { etag: '"1"' }],
    ['If-Modified-Since', { lastModified: 'Wed, 21 Oct 2026 07:28:00 GMT' }],
  ])('answers %s without a body', async (_header, validator) => {
    upstream.answer('/models', { json: {}, ...validator })
    const response = await fetcher.fetch(request(validator))
    expect(response).toMatchObject({ status: 304, notModified: true, body: '', bytes: 0 })
  })

  test('is an error where nothing was at hand', async () => {
    expect(await errorAfter({ status: 304 })).toMatchObject({ code: 'http_unexpected' })
  })
})

describe('a status', () => {
  test.each([
    [401, 'http_unauthorized', false],
    [403, 'http_unauthorized', false],
    [404, 'http_not_found', false],
    [410, 'http_not_found', false],
    [418, 'http_unexpected', false],
    [204, 'http_unexpected', true],
    [206, 'http_unexpected', true],
    [408, 'http_unexpected', true],
    [429, 'http_rate_limited', true],
    [500, 'http_server_error', true],
    [503, 'http_server_error', true],
  ] as const)('of %i is %s, retryable: %s', async (status, code, retryable) => {
    expect(await errorAfter({ status, body: 'no' })).toMatchObject({
      code,
      retryable,
      httpStatus: status,
    })
    expect(reports).toMatchObject([{ upstream: 'acme', code: String(status) }])
  })

  test('of 401 names the variable of the key', async () => {
    const answer = { status: 401 }
    const unset = await errorAfter(answer, { keyEnv: 'ACME_API_KEY' })
    expect(unset.nextStep).toBe('Set ACME_API_KEY.')
    const wrong = await errorAfter(answer, {
      keyEnv: 'ACME_API_KEY',
      headers: { authorization: `Bearer ${secret}` },
    })
    expect(wrong.nextStep).toBe(
      'Check the key in ACME_API_KEY: it is wrong, expired or lacks rights.',
    )
  })

  test('of 404 names the URL without its query, and the variable that moves it', async () => {
    const error = await errorAfter({ status: 404 }, { url: `${upstream.url}/models?key=${secret}` })
    expect(error.message).toBe(`acme answered 404 to ${upstream.url}/models.`)
    expect(error.nextStep).toContain('PLUMBLINE_UPSTREAM_ACME_URL')
  })

  test('of 429 says how long to wait: seconds', async () => {
    const headers = { 'retry-after': '20' }
    expect(await errorAfter({ status: 429, headers })).toMatchObject({ retryAfterMs: 20_000 })
  })

  test("of 429 says how long to wait: a date, by the server's clock", async () => {
    const headers = {
      date: 'Wed, 21 Oct 2015 07:28:00 GMT',
      'retry-after': 'Wed, 21 Oct 2015 07:29:30 GMT',
    }
    expect(await errorAfter({ status: 429, headers })).toMatchObject({ retryAfterMs: 90_000 })
  })

  test.each([
    ['a week', '604800', 86_400_000],
    ['a date in the past', 'Wed, 21 Oct 2015 07:28:00 GMT', 0],
    ['nonsense', 'soon', undefined],
    ['a negative number', '-5', undefined],
  ])('of 503 with %s in Retry-After waits at most a day', async (_what, retryAfter, expected) => {
    const error = await errorAfter({ status: 503, headers: { 'retry-after': retryAfter } })
    expect(error.retryAfterMs).toBe(expected)
  })

  test('of 500 does not wait for a body that never ends', async () => {
    const startedAt = performance.now()
    await errorAfter({ status: 500, body: 'half of it', fault: 'stall' })
    expect(performance.now() - startedAt).toBeLessThan(1000)
  })
})

describe('a redirect', () => {
  test('inside the origin is followed, key included', async () => {
    upstream.answer('/models', redirectTo('/v2/models', 308))
    upstream.answer('/v2/models', { json: { moved: true } })
    const response = await fetcher.fetch(request({ headers: { 'x-api-key': secret } }))
    expect(response).toMatchObject({ body: '{"moved":true}', url: `${upstream.url}/v2/models` })
    expect(upstream.requests[1]?.headers['x-api-key']).toBe(secret)
  })

  test('that runs in a circle ends', async () => {
    upstream.answer('/models', redirectTo('/models'))
    expect(await errorOf(fetcher.fetch(request()))).toMatchObject({ code: 'fetch_redirect' })
    expect(upstream.requests).toHaveLength(3)
  })

  test('to another host is not followed and named without its query', async () => {
    const other = await startUpstream()
    closers.push(other.close)
    const error = await errorAfter(redirectTo(`${other.url}/models?token=${secret}`), {
      headers: { 'x-api-key': secret },
    })
    expect(error).toMatchObject({ code: 'fetch_redirect', retryable: false })
    expect(error.message).toContain(`to ${other.url}/models, which is not followed`)
    expect(other.requests).toHaveLength(0)
  })

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'http://[',
    undefined,
  ])('to %s is not followed', async (location) => {
    const headers: Record<string, string> = location === undefined ? {} : { location }
    const error = await errorAfter({ status: 302, headers })
    expect(error).toMatchObject({ code: 'fetch_redirect', httpStatus: 302 })
  })

  test('of a POST is not followed', async () => {
    const error = await errorAfter(redirectTo('/v2/models'), { method: 'POST', body: '{}' })
    expect(error.code).toBe('fetch_redirect')
  })
})

describe('a broken body', () => {
  test('that ends before its Content-Length is truncated', async () => {
    const error = await errorAfter({ body: '{"data":[1,2,3]}', fault: 'truncate' })
    expect(error).toMatchObject({ code: 'fetch_truncated', retryable: true })
    expect(error.message).toContain('acme broke off its answer')
  })

  test('that ends before its last chunk is truncated', async () => {
    const url = await startRaw((socket) => {
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n'),
      )
    })
    expect(await errorOf(fetcher.fetch(request({ url })))).toMatchObject({
      code: 'fetch_truncated',
    })
  })

  test('that ends inside its gzip is truncated', async () => {
    const whole = gzipSync(JSON.stringify('a'.repeat(100_000)))
    const error = await errorAfter({
      body: whole.subarray(0, whole.length / 2),
      headers: { 'content-encoding': 'gzip' },
    })
    expect(error).toMatchObject({ code: 'fetch_truncated', retryable: true })
  })

  test('that says gzip and is none has a wrong encoding', async () => {
    const error = await errorAfter({ body: '{}', headers: { 'content-encoding': 'gzip' } })
    expect(error).toMatchObject({ code: 'fetch_encoding', retryable: true })
  })

  test.each(['br', 'gzip, gzip', 'zstd', 'deflate'])('in %s is refused', async (encoding) => {
    const error = await errorAfter({ body: '{}', headers: { 'content-encoding': encoding } })
    expect(error).toMatchObject({ code: 'fetch_encoding', retryable: false })
    expect(error.message).toContain(`"${encoding}"`)
  })

  test('that is not UTF-8 is refused', async () => {
    const body = Buffer.from([0x7b, 0x22, 0xe9, 0x22, 0x7d])
    expect(await errorAfter({ body })).toMatchObject({ code: 'payload_encoding' })
  })
})

describe('a body that is too large', () => {
  test('is refused by its stated length before it is read', async () => {
    const error = await errorAfter({ body: 'a'.repeat(2 * megabyte) })
    expect(error).toMatchObject({ code: 'fetch_too_large', retryable: false })
    expect(error.message).toContain('1MB')
  })

  test('is cut off at the cap where it states none', async () => {
    const endless = Readable.from(pieces('a'.repeat(64 * 1024)))
    expect(await errorAfter({ body: endless })).toMatchObject({ code: 'fetch_too_large' })
  })

  test("is judged by the adapter's cap where that is lower", async () => {
    const error = await errorAfter({ body: 'a'.repeat(200) }, { maxBytes: 100 })
    expect(error.message).toContain('more than 100B')
  })

  test('behind a small gzip is stopped at the cap, in little memory', async () => {
    const member = gzipSync(Buffer.alloc(megabyte, 0x20))
    const bomb = Buffer.concat(Array.from({ length: 200 }, () => member))
    expect(bomb.length).toBeLessThan(megabyte)
    const residentBefore = process.memoryUsage.rss()
    const error = await errorAfter({ body: bomb, headers: { 'content-encoding': 'gzip' } })
    expect(error.code).toBe('fetch_too_large')
    expect(process.memoryUsage.rss() - residentBefore).toBeLessThan(50 * megabyte)
  })
})

function* pieces(piece: string): Generator<string> {
  for (;;) yield piece
}

describe('the deadline', () => {
  test.each<[string, UpstreamAnswer]>([
    ['never sends headers', { fault: 'silence' }],
    ['stops in the middle', { body: '{"data":[1,2,3]}', fault: 'stall' }],
    ['drips', { body: 'a'.repeat(1000), drip: { bytes: 1, everyMs: 20 } }],
  ])('ends a request to a server that %s', async (_what, answer) => {
    upstream.answer('/models', answer)
    const startedAt = performance.now()
    const error = await errorOf(impatient().fetch(request()))
    expect(error).toMatchObject({ code: 'fetch_timeout', retryable: true })
    expect(error.message).toBe(`acme did not answer ${upstream.url}/models in full within 0.15 s.`)
    expect(performance.now() - startedAt).toBeLessThan(1000)
  })

  test('covers resolving the name and connecting', async () => {
    const stuck = createFetcher({
      timeoutMs: 100,
      maxBytes: megabyte,
      userAgent: 'Plumbline/test',
      resolve: () => {},
    })
    closers.push(stuck.close)
    const error = await errorOf(stuck.fetch({ upstream: 'acme', url: 'https://acme.test/models' }))
    expect(error.code).toBe('fetch_timeout')
  })

  test("gives way to the caller's signal", async () => {
    upstream.answer('/models', { fault: 'silence' })
    const signal = AbortSignal.timeout(50)
    expect(await errorOf(fetcher.fetch(request({ signal })))).toMatchObject({ code: 'cancelled' })
    const aborted = AbortSignal.abort()
    expect(await errorOf(fetcher.fetch(request({ signal: aborted })))).toMatchObject({
      code: 'cancelled',
    })
  })

  test('of a request under way does not hold up close', async () => {
    upstream.answer('/models', { fault: 'silence' })
    const pending = errorOf(fetcher.fetch(request()))
    await new Promise((resolve) => setTimeout(resolve, 50))
    await fetcher.close()
    expect(await pending).toMatchObject({ code: 'cancelled' })
  })
})

describe('the connection', () => {
  test('that is refused says so', async () => {
    const { url } = upstream
    await upstream.close()
    const error = await errorOf(fetcher.fetch(request({ url: `${url}/models?key=${secret}` })))
    expect(error).toMatchObject({ code: 'fetch_refused', retryable: true })
    expect(error.message).toBe(`acme gave no answer to ${url}/models (ECONNREFUSED).`)
    expect(reports).toMatchObject([{ code: 'fetch_refused', bytes: 0 }])
  })

  test('to a name that does not resolve says so', async () => {
    const url = 'http://nowhere.invalid/models'
    const error = await errorOf(fetcher.fetch(request({ url })))
    expect(error).toMatchObject({ code: 'fetch_refused' })
    expect(error.nextStep).toContain('does not resolve')
  })

  test('that was closed in the moment of its reuse is tried once more at once', async () => {
    const url = await startRaw((socket, connection) => {
      let requests = 0
      socket.on('data', () => {
        // The first connection answers once and then dies under its second request.
        if (connection === 1 && ++requests === 2) socket.resetAndDestroy()
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
      })
    })
    await fetcher.fetch(request({ url }))
    await expect(fetcher.fetch(request({ url }))).resolves.toMatchObject({ body: '{}' })
  })

  test('that is reset is tried twice for a GET and once for a POST', async () => {
    upstream.answer('/models', { fault: 'reset' })
    expect(await errorOf(fetcher.fetch(request()))).toMatchObject({ code: 'fetch_refused' })
    expect(upstream.requests).toHaveLength(2)
    await errorOf(fetcher.fetch(request({ method: 'POST', body: '{}' })))
    expect(upstream.requests).toHaveLength(3)
  })

  test('to something that does not speak HTTP is unexpected', async () => {
    const url = await startRaw((socket) => {
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
    })
    expect(await errorOf(fetcher.fetch(request({ url })))).toMatchObject({
      code: 'http_unexpected',
    })
  })

  test.each(['ftp://acme.test/models', 'not a url', ''])('to "%s" is not tried', async (url) => {
    expect(await errorOf(fetcher.fetch(request({ url })))).toMatchObject({
      code: 'invalid_argument',
      retryable: false,
    })
  })
})

test('a key that cannot be sent is not tried, and not shown', async () => {
  const headers = { authorization: `Bearer ${secret}\n` }
  const error = await errorOf(fetcher.fetch(request({ headers })))
  expect(error).toMatchObject({ code: 'invalid_argument', retryable: false })
  expect(`${error.message} ${String(error.cause)}`).not.toContain(secret)
})

test('no error contains a secret, whatever goes wrong', async () => {
  const answers: UpstreamAnswer[] = [
    { status: 401, body: `Incorrect API key provided: ${secret}` },
    { status: 500, body: secret },
    redirectTo(`https://${secret}@elsewhere.test/?key=${secret}`),
    { body: secret, fault: 'truncate' },
    { body: secret, headers: { 'content-encoding': 'br' } },
  ]
  for (const answer of answers) {
    const error = await errorAfter(answer, {
      url: `${upstream.url}/models?key=${secret}`,
      headers: { 'x-goog-api-key': secret },
    })
    const { message, nextStep, stack } = error
    expect(JSON.stringify([message, nextStep, stack, error.cause])).not.toContain(secret)
  }
})
