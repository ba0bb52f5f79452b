import { Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { redirectTo, startUpstream, type UpstreamServer } from './upstream-server.ts'

test('answers what was scripted, and logs what was asked', async () => {
  const upstream = await start()
  upstream.answer('/models', (request) => ({
    json: { page: request.url.searchParams.get('page') },
  }))
  const response = await fetch(`${upstream.url}/models?page=2`, { headers: { 'x-key': 'secret' } })
  expect(await response.json()).toEqual({ page: '2' })
  expect((await fetch(`${upstream.url}/elsewhere`)).status).toBe(404)
  expect(upstream.requests.map(({ url }) => url.pathname)).toEqual(['/models', '/elsewhere'])
  expect(upstream.requestsTo('/models')[0]?.headers['x-key']).toBe('secret')
})

test('gives the answers of a list in turn, then the last one again', async () => {
  const upstream = await start()
  upstream.answer('/', [{ status: 429, headers: { 'retry-after': '20' } }, { body: 'at last' }])
  const first = await fetch(upstream.url)
  expect([first.status, first.headers.get('retry-after')]).toEqual([429, '20'])
  expect(await textOf(upstream)).toBe('at last')
  expect(await textOf(upstream)).toBe('at last')
})

test('answers a conditional request with 304 while nothing changed', async () => {
  const upstream = await start()
  upstream.answer('/', { body: 'one', etag: '"1"', lastModified: 'Sat, 21 Nov 2026 00:00:00 GMT' })
  const first = await fetch(upstream.url)
  const etag = first.headers.get('etag') ?? ''
  expect((await fetch(upstream.url, { headers: { 'if-none-match': etag } })).status).toBe(304)
  expect((await fetch(upstream.url, { headers: { 'if-none-match': '"0"' } })).status).toBe(200)
  const since = first.headers.get('last-modified') ?? ''
  expect((await fetch(upstream.url, { headers: { 'if-modified-since': since } })).status).toBe(304)
})

test.for(['gzip', 'br'] as const)('compresses with %s', async (encoding) => {
  const upstream = await start()
  upstream.answer('/', { body: 'x'.repeat(10_000), encoding })
  const response = await fetch(upstream.url)
  expect(response.headers.get('content-encoding')).toBe(encoding)
  expect(await response.text()).toHaveLength(10_000)
})

test('sends streams, drips, delays and redirects', async () => {
  const upstream = await start()
  upstream.answer('/', redirectTo('/stream'))
  upstream.answer('/stream', { body: Readable.from(['a', 'b']) })
  upstream.answer('/drip', { body: 'abcdef', drip: { bytes: 2, everyMs: 20 }, delayMs: 40 })
  expect((await fetch(upstream.url, { redirect: 'manual' })).headers.get('location')).toBe(
    '/stream',
  )
  expect(await textOf(upstream)).toBe('ab')
  const startedAt = performance.now()
  expect(await textOf(upstream, '/drip')).toBe('abcdef')
  expect(performance.now() - startedAt).toBeGreaterThan(70)
})

test('breaks off before the answer, and in its middle', async () => {
  const upstream = await start()
  upstream.answer('/', { body: 'x'.repeat(100_000), fault: 'reset' })
  await expect(fetch(upstream.url)).rejects.toThrow('fetch failed')
  upstream.answer('/', { body: 'x'.repeat(100_000), fault: 'truncate' })
  const response = await fetch(upstream.url)
  expect(response.headers.get('content-length')).toBe('100000')
  await expect(response.text()).rejects.toThrow('terminated')
})

test.for(['silence', 'stall'] as const)('never ends with %s', async (fault) => {
  const upstream = await start()
  upstream.answer('/', { body: 'x'.repeat(100_000), fault })
  await expect(textOf(upstream, '/', AbortSignal.timeout(100))).rejects.toThrow(/timeout/)
})

test('closes at once while a client still waits', async () => {
  const upstream = await start()
  upstream.answer('/', { fault: 'silence' })
  const waiting = textOf(upstream)
  await expect.poll(() => upstream.requests).toHaveLength(1)
  await Promise.all([expect(waiting).rejects.toThrow('fetch failed'), upstream.close()])
})

async function start(): Promise<UpstreamServer> {
  const upstream = await startUpstream()
  onTestFinished(upstream.close)
  return upstream
}

async function textOf(upstream: UpstreamServer, path = '/', signal?: AbortSignal): Promise<string> {
  return (await fetch(upstream.url + path, signal ? { signal } : {})).text()
}
