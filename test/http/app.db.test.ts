import { request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { PlumblineError } from '../../src/errors.ts'
import { startHttp, type RegisterRoutes } from '../../src/http/app.ts'
import { get, openHttp, type TestHttp, type TestHttpOptions } from './http-fixture.ts'

let http: TestHttp | undefined
afterEach(async () => {
  await http?.close()
  http = undefined
})

async function open(options: TestHttpOptions = {}): Promise<TestHttp> {
  return (http = await openHttp(options))
}

/** A route for each way in which a handler can fail. */
const failing: RegisterRoutes = (app) => {
  app.get('/cooldown', () => {
    throw new PlumblineError('cooldown', 'acme was refreshed a moment ago.', {
      retryAfterMs: 61_400,
      nextStep: 'Wait, or use force.',
    })
  })
  app.get('/bug', () => {
    throw new Error('SELECT secret FROM users WHERE password = hunter22')
  })
  app.get('/database', () => {
    throw new PlumblineError('database_unavailable', 'PostgreSQL: no route to 10.0.0.7', {
      nextStep: 'Look at 10.0.0.7.',
    })
  })
  app.get('/things/:id', (request) => ({ params: request.params }))
  app.post('/things', (request) => ({ body: request.body }))
}

async function refuses(url: string): Promise<boolean> {
  const error = await fetch(url).catch((reason: unknown) => reason)
  return error instanceof TypeError
}

/** Answers when it is told to. */
function slowRoute(): { register: RegisterRoutes; arrived: Promise<void>; answer: () => void } {
  const arrived = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<string>()
  return {
    register: (app) =>
      void app.get('/slow', () => {
        arrived.resolve()
        return answered.promise
      }),
    arrived: arrived.promise,
    answer: () => answered.resolve('done'),
  }
}

describe('errors', () => {
  it('are problem documents with the code, what to do and when to come back', async () => {
    const { url } = await open({ extraRoutes: [failing] })
    const response = await fetch(`${url}/cooldown`)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('62')
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(await response.json()).toEqual({
      type: 'urn:plumbline:error:cooldown',
      title: 'The same refresh ran a moment ago.',
      status: 429,
      detail: 'acme was refreshed a moment ago.',
      code: 'cooldown',
      nextStep: 'Wait, or use force.',
      retryAfterSeconds: 62,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  it('of ours say nothing of their cause, which is logged under the same request id', async () => {
    const { get, logged, metrics } = await open({ extraRoutes: [failing] })
    const { status, body, json } = await get('/bug')
    expect(status).toBe(500)
    expect(json['detail']).toBe('A bug: the error is unknown.')
    expect(body).not.toMatch(/SELECT|hunter22|stack|\.ts:/)
    const line = logged()
      .split('\n')
      .find((text) => text.includes('a request failed'))
    expect(line).toContain('hunter22')
    expect(line).toContain(`"requestId":"${String(json['requestId'])}"`)
    expect(line).toContain('"level":"error"')
    expect((await metrics.render()).body).toContain('plumbline_errors_total{code="internal"} 1')
  })

  it('of what is behind us name no host', async () => {
    const { get } = await open({ extraRoutes: [failing] })
    const { status, body } = await get('/database')
    expect(status).toBe(503)
    expect(body).not.toContain('10.0.0.7')
  })

  it('of callers keep the status that fits', async () => {
    const { url, get: ask } = await open({ extraRoutes: [failing] })
    const notFound = await ask('/nothing?key=secret-value')
    expect(notFound).toMatchObject({
      status: 404,
      json: { code: 'not_found', type: 'about:blank' },
    })
    expect(notFound.body).not.toContain('secret-value')
    expect((await ask('/things/%FF')).status).toBe(400)
    const post = (body: string, type = 'application/json') =>
      get(`${url}/things`, { method: 'POST', body, headers: { 'content-type': type } })
    expect(await post('{')).toMatchObject({ status: 400, json: { status: 400 } })
    expect(await post('<a/>', 'application/xml')).toMatchObject({ status: 415 })
    expect(await post(JSON.stringify('x'.repeat(70_000)))).toMatchObject({
      status: 413,
      type: 'application/problem+json; charset=utf-8',
      json: { title: 'Payload Too Large' },
    })
  })

  it('of a method that a path has not are told which it has', async () => {
    const { url, scrape } = await open()
    const ask = async (path: string, method: string, body?: string) => {
      const response = await fetch(url + path, { method, ...(body === undefined ? {} : { body }) })
      return {
        status: response.status,
        allow: response.headers.get('allow'),
        problem: method === 'HEAD' ? undefined : await response.json(),
      }
    }
    expect(await ask('/api/v1/models', 'DELETE')).toMatchObject({
      status: 405,
      allow: 'GET, HEAD',
      problem: {
        type: 'about:blank',
        title: 'Method Not Allowed',
        detail: 'DELETE is not for this path; it has GET, HEAD.',
        code: 'invalid_argument',
        errors: [{ field: 'method', allowed: ['GET', 'HEAD'] }],
      },
    })
    expect(await ask('/api/v1/models/acme/a', 'PATCH', '{"broken')).toMatchObject({ status: 405 })
    expect(await ask('/api/v1/cost', 'GET')).toMatchObject({ status: 405, allow: 'POST' })
    expect(await ask('/api/v1/cost', 'HEAD')).toMatchObject({ status: 405, allow: 'POST' })
    expect(await ask('/api/v1/events', 'HEAD')).toMatchObject({ status: 405, allow: 'GET' })
    expect(await ask('/metrics', 'POST')).toMatchObject({ status: 405, allow: 'GET, HEAD' })
    expect(await ask('/nothing', 'DELETE')).toMatchObject({ status: 404, allow: null })
    const counted =
      'plumbline_http_request_duration_seconds_count{method="DELETE",route="/api/v1/models",status_code="405"}'
    expect((await scrape()).get(counted)).toBe(1)
  })

  it('of bytes that are no HTTP are problem documents, too', async () => {
    const { url } = await open()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.end('nonsense\r\n\r\n')
    let answer = ''
    for await (const chunk of socket) answer += String(chunk)
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(answer).toContain('"detail":"This is not HTTP."')
  })
})

describe('a client that is slow or sends too much', () => {
  /** What comes back when the bytes are sent one after the other, one every 20 ms. */
  async function drip(url: string, text: string): Promise<string> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => undefined)
    const sending = setInterval(() => {
      socket.write(text.slice(0, 1))
      text = text.slice(1)
    }, 20)
    let answer = ''
    for await (const chunk of socket) answer += String(chunk)
    clearInterval(sending)
    return answer
  }

  it.each([
    ['headers', `GET /livez HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(10_000)}`],
    [
      'a body',
      `POST /things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n"${'x'.repeat(10_000)}`,
    ],
  ])('with %s is cut off', async (_what, text) => {
    const { url } = await open({ extraRoutes: [failing], requestWithinMs: 500 })
    expect(await drip(url, text)).toMatch(/^HTTP\/1\.1 408 .*"detail":"The request was not/s)
  })

  it('with headers is refused where they are too large', async () => {
    const { url } = await open()
    const response = await fetch(`${url}/livez`, { headers: { 'x-long': 'x'.repeat(20_000) } })
    expect(response.status).toBe(431)
    expect(await response.json()).toMatchObject({ detail: 'The headers are too large.' })
  })
})

describe('the duration of requests', () => {
  it('is measured by route pattern, so that ids and scanners add no series', async () => {
    const { get: ask, scrape } = await open({ extraRoutes: [failing] })
    await ask('/things/1')
    await ask('/things/2')
    await ask('/wp-login.php')
    const count = (route: string, status: number) =>
      `plumbline_http_request_duration_seconds_count{method="GET",route="${route}",status_code="${status}"}`
    const samples = await scrape()
    expect(samples.get(count('/things/:id', 200))).toBe(2)
    expect(samples.get(count('none', 404))).toBe(1)
  })
})

describe('close', () => {
  it('lets a running request end and refuses new connections at once', async () => {
    const slow = slowRoute()
    const opened = await open({ extraRoutes: [slow.register] })
    http = undefined
    const running = get(`${opened.url}/slow`)
    await slow.arrived
    const closed = opened.close()
    await expect.poll(() => refuses(opened.url)).toBe(true)
    slow.answer()
    expect((await running).body).toBe('done')
    await closed
  })

  it('does not wait for a connection that became idle after it began', async () => {
    const slow = slowRoute()
    const opened = await open({ extraRoutes: [slow.register], closeWithinMs: 20_000 })
    http = undefined
    const socket = connect(Number(new URL(opened.url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write('GET /slow HTTP/1.1\r\nhost: x\r\n\r\n')
    await slow.arrived
    const startedAt = performance.now()
    const closed = opened.close()
    await sleep(100)
    slow.answer()
    await closed
    expect(performance.now() - startedAt).toBeLessThan(2000)
  })

  it('cuts a request that hangs when its time is over', async () => {
    const slow = slowRoute()
    const opened = await open({ extraRoutes: [slow.register], closeWithinMs: 200 })
    http = undefined
    const hung = request(`${opened.url}/slow`).end()
    const cut = new Promise((resolve) => hung.on('error', resolve))
    await slow.arrived
    await opened.close()
    expect(await cut).toMatchObject({ code: 'ECONNRESET' })
    expect(opened.logged()).toContain('requests that did not end in time are cut')
  })
})

describe('start', () => {
  it('says which port is in use and what to do', async () => {
    const { url, context } = await open()
    const port = Number(new URL(url).port)
    await expect(
      startHttp({ context, host: '127.0.0.1', port, role: 'worker' }),
    ).rejects.toMatchObject({
      code: 'config_invalid',
      message: `Port ${port} of 127.0.0.1 is in use.`,
    })
  })
})
