/**
 * What every adapter's own requests come to when the server misbehaves: through the real fetcher, at
 * its own paths, with its own key, to a real server. Whatever happens, no payload comes of it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchSnapshot } from '../../src/refresh/fetch-snapshot.ts'
import { readSnapshotSlices } from '../../src/refresh/read-snapshot.ts'
import type { ConfiguredUpstream } from '../../src/upstreams/configured-upstream.ts'
import { createFetcher, type Fetcher } from '../../src/upstreams/fetch.ts'
import { upstreams } from '../../src/upstreams/registry.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'
import { samples } from './samples.ts'

type Respond = (request: IncomingMessage, response: ServerResponse) => void

const server = createServer((request, response) => respond(request, response))
const requests: IncomingMessage[] = []
let respond: Respond = () => undefined
let fetcher: Fetcher

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  fetcher = toServer(`http://127.0.0.1:${address.port}`)
})
afterAll(async () => {
  await fetcher.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** Sends every request to the server, whatever host it is for; its path and query stay. */
function toServer(origin: string): Fetcher {
  const real = createFetcher({ timeoutMs: 2000, maxBytes: 64 * 2 ** 20, userAgent: 'test' })
  return {
    close: real.close,
    fetch: (request) => {
      const { pathname, search } = new URL(request.url)
      return real.fetch({ ...request, url: origin + pathname + search, allowPrivate: true })
    },
  }
}

const key = 'test-key-1234567890'

/** All that a collect reads of the upstream, up to its listings. */
async function collect(definition: Upstream, through = fetcher) {
  const { url, schedule } = definition
  const upstream: ConfiguredUpstream = {
    definition,
    url,
    schedule,
    key,
    enabled: true,
    allowPrivate: true,
  }
  // As of an upstream that has answered before: what is packed with the software does not stand in.
  const known = { etag: null, lastModified: null, successCount: 1, appliedSha256: 'other' }
  const plan = { conditional: false, signal: undefined }
  requests.length = 0
  const fetched = await fetchSnapshot(through, upstream, known, plan)
  if (fetched.kind !== 'payload') throw new Error('There is no body that a 304 could stand for.')
  return readSnapshotSlices(upstream, fetched.pages)
}

function answering(status: number, body: string, headers: Record<string, string> = {}): Respond {
  return (request, response) => {
    requests.push(request)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
  }
}

const page = '<!doctype html><title>Sign in</title>'
const inTenMinutes = new Date(Date.now() + 600_000).toUTCString()

const failures: Record<string, { respond: Respond; error: object }> = {
  'a 401': {
    respond: answering(401, '{}'),
    error: { code: 'http_unauthorized', retryable: false },
  },
  'a 403': { respond: answering(403, '{}'), error: { code: 'http_unauthorized' } },
  'a 404': { respond: answering(404, '{}'), error: { code: 'http_not_found' } },
  'a 429 with seconds': {
    respond: answering(429, '', { 'retry-after': '20' }),
    error: { code: 'http_rate_limited', retryable: true, retryAfterMs: 20_000 },
  },
  'a 429 with a date': {
    respond: answering(429, '', { 'retry-after': inTenMinutes }),
    error: { code: 'http_rate_limited', retryAfterMs: expect.closeTo(600_000, -5) },
  },
  'a 500': { respond: answering(500, ''), error: { code: 'http_server_error', retryable: true } },
  'a page instead of JSON': {
    respond: answering(200, page, { 'content-type': 'text/html' }),
    error: { code: 'payload_not_json' },
  },
  'an empty body': { respond: answering(200, ''), error: { code: 'payload_not_json' } },
  'JSON cut short': {
    respond: answering(200, '{"data":[{"id":"a'),
    error: { code: 'payload_not_json' },
  },
  'an error envelope': {
    respond: answering(200, '{"error":{"message":"no"}}'),
    error: { code: 'payload_shape' },
  },
  'a cut connection': {
    respond: (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"data":[', () => response.destroy())
    },
    error: { code: 'fetch_truncated' },
  },
}

describe.each(upstreams)('$id', (upstream) => {
  it.each(Object.entries(failures))('gives nothing of %s', async (_name, failure) => {
    respond = failure.respond
    await expect(collect(upstream)).rejects.toMatchObject(failure.error)
  })

  it('gives nothing when no answer comes', async () => {
    const impatient = createFetcher({ timeoutMs: 40, maxBytes: 1000, userAgent: 'test' })
    respond = () => undefined
    const through = { ...fetcher, fetch: patched(impatient) }
    await expect(collect(upstream, through)).rejects.toMatchObject({
      code: 'fetch_timeout',
      retryable: true,
    })
    await impatient.close()
  })

  it('shows its key in a header, and nowhere else', async () => {
    respond = answering(401, '{}')
    await collect(upstream).catch(() => undefined)
    const [request] = requests
    const shown = Object.entries(upstream.key?.headers(key) ?? {})
    expect(request?.headers).toMatchObject(
      Object.fromEntries(shown.map(([name, value]) => [name.toLowerCase(), value])),
    )
    expect(request?.url).not.toContain(key)
  })
})

function patched(impatient: Fetcher): Fetcher['fetch'] {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return (request) => {
    const { pathname, search } = new URL(request.url)
    return impatient.fetch({
      ...request,
      url: `http://127.0.0.1:${port}${pathname}${search}`,
      allowPrivate: true,
    })
  }
}

/** First pages that promise more, by upstream: what stands beside the entries. */
const morePromised: Readonly<Record<string, (sample: string) => object>> = {
  alibaba: (sample) => dashscope(sample),
  'alibaba-cn': (sample) => dashscope(sample),
  anthropic: (sample) => ({ ...JSON.parse(sample), has_more: true, last_id: 'one' }),
  'cloudflare-workers-ai': (sample) => ({ ...JSON.parse(sample), result_info: { total_pages: 2 } }),
  cohere: (sample) => ({ ...JSON.parse(sample), next_page_token: 'two' }),
  digitalocean: (sample) => ({
    ...JSON.parse(sample),
    links: { pages: { next: '/v2/gen-ai/models?page=2' } },
  }),
  featherless: () => ({
    data: Array.from({ length: 1000 }, (_, index) => ({ id: `model-${index}` })),
    pagination: { total_pages: 2 },
  }),
  fireworks: (sample) => ({ ...JSON.parse(sample), nextPageToken: 'two' }),
  'github-copilot': () => ({ token: 'exchanged' }),
  google: (sample) => ({ ...JSON.parse(sample), nextPageToken: 'two' }),
  'google-vertex': (sample) => ({ ...JSON.parse(sample), nextPageToken: 'two' }),
  ollama: (sample) => JSON.parse(sample),
  openrouter: (sample) => ({ ...JSON.parse(sample), links: { next: '/api/v1/models?page=2' } }),
  portkey: (sample) => JSON.parse(sample),
  together: (sample) => ({ ...JSON.parse(sample), next_cursor: 'two' }),
  xai: (sample) => JSON.parse(sample),
}

function dashscope(sample: string): object {
  const { output } = JSON.parse(sample)
  return { output: { ...output, total: 2 } }
}

const paged = upstreams.filter(({ pages }) => pages)

it('every upstream that comes in pages is tried with one that fails', () => {
  expect(Object.keys(morePromised)).toEqual(paged.map(({ id }) => id))
})

describe.each(paged)('$id in pages', (upstream) => {
  const sample = samples[upstream.id]
  const first = sample && morePromised[upstream.id]?.(sample.payload([sample.entry('one')]))

  it('gives nothing when a later page fails', async () => {
    let asked = 0
    respond = (request, response) => {
      asked += 1
      const body = asked === 1 ? JSON.stringify(first) : ''
      answering(asked === 1 ? 200 : 500, body)(request, response)
    }
    await expect(collect(upstream)).rejects.toMatchObject({ code: 'http_server_error' })
    expect(asked).toBe(2)
  })
})

/** How a page leads to the next: by a name or link of it, by its number, or by what the adapter asks for. */
const leads: Readonly<Record<string, 'name' | 'number' | 'plan'>> = {
  alibaba: 'number',
  'alibaba-cn': 'number',
  anthropic: 'name',
  'cloudflare-workers-ai': 'number',
  cohere: 'name',
  digitalocean: 'name',
  featherless: 'number',
  fireworks: 'name',
  'github-copilot': 'plan',
  google: 'name',
  'google-vertex': 'name',
  ollama: 'plan',
  openrouter: 'name',
  portkey: 'plan',
  together: 'name',
  xai: 'plan',
}

it('every upstream that comes in pages is tried with pages that go round for ever', () => {
  expect(Object.keys(leads)).toEqual(paged.map(({ id }) => id))
})

describe.each(paged.filter(({ id }) => leads[id] !== 'plan'))('$id for ever', (upstream) => {
  it(`is refused when every page promises the same one as the next by its ${leads[upstream.id]}`, async () => {
    const sample = samples[upstream.id]
    const body = sample && morePromised[upstream.id]?.(sample.payload([sample.entry('one')]))
    respond = answering(200, JSON.stringify(body))
    await expect(collect(upstream)).rejects.toMatchObject({ code: 'payload_paging' })
    expect(requests.length).toBeLessThan(4)
  })
})
