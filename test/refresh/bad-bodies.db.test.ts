/**
 * Whatever an upstream answers with: the run says what it was and what to do, the catalog stays as it
 * was byte for byte, and the next good body is taken without anybody doing anything.
 */
import { createServer } from 'node:http'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readRejects } from '../../src/history/rejects.ts'
import { openaiCompatible } from '../../src/upstreams/openai-compatible.ts'
import { upstreams } from '../../src/upstreams/registry.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { simpleModels, simpleUpstream } from '../support/simple-upstream.ts'
import {
  redirectTo,
  startUpstream,
  type UpstreamAnswer,
  type UpstreamServer,
} from '../support/upstream-server.ts'

let server: UpstreamServer
let pipeline: Pipeline

beforeEach(async () => {
  server = await startUpstream()
})

afterEach(async () => {
  await pipeline.close()
  await server.close()
})

async function dump(): Promise<string> {
  const tables = await Promise.all([
    pipeline.db.$queryRaw`SELECT to_jsonb(m)::text FROM models m ORDER BY provider, model_id`,
    pipeline.db
      .$queryRaw`SELECT to_jsonb(l)::text FROM listings l ORDER BY upstream, provider, model_id`,
    pipeline.db.$queryRaw`SELECT to_jsonb(p)::text FROM price_history p ORDER BY id`,
    pipeline.db.$queryRaw`SELECT version::text FROM catalog_head`,
  ])
  return JSON.stringify(tables, undefined, 1)
}

const html = '<!doctype html><title>Sign in to the network</title><p>Welcome</p>'
const envelope = '{"error":{"message":"You exceeded your current quota","code":429}}'

describe('a body that is no list', () => {
  const count = 120
  const numbered = Array.from({ length: count }, (_, index) => index)
  const row = (index: number) => ({ id: `model-${index}`, name: `Model ${index}` })
  /** The smallest list that is above the upstream's minimum, where its own bytes are simple to make. */
  const lists: Record<string, { path: string; body: unknown }> = {
    'genai-prices': {
      path: '',
      body: [
        {
          id: 'openai',
          name: 'OpenAI',
          models: numbered.map((index) => ({ ...row(index), prices: { input_mtok: 2 } })),
        },
      ],
    },
    litellm: {
      path: '',
      body: Object.fromEntries(
        numbered.map((index) => [
          `model-${index}`,
          { litellm_provider: 'openai', mode: 'chat', input_cost_per_token: 0.000002 },
        ]),
      ),
    },
    'models-dev': {
      path: '',
      body: {
        acme: {
          id: 'acme',
          models: Object.fromEntries(
            numbered.map((index) => [`model-${index}`, { ...row(index), cost: { input: 2 } }]),
          ),
        },
      },
    },
    ollama: {
      path: '/api/tags',
      body: { models: numbered.slice(0, 3).map((index) => ({ name: `model-${index}` })) },
    },
    openrouter: {
      path: '',
      body: {
        data: numbered.map((index) => ({
          ...row(index),
          pricing: { prompt: '0.000002', completion: '0.000004' },
        })),
      },
    },
    lab: { path: '', body: { data: numbered.map(row) } },
  }
  const custom = openaiCompatible({ id: 'lab', url: 'http://lab.example/v1', provider: 'lab' })
  const definitions: Upstream[] = [...upstreams, custom].filter(({ id }) => id in lists)

  it.each(definitions.map((definition) => [definition.id, definition] as const))(
    'leaves what %s had said as it was',
    async (id, definition) => {
      const { path, body } = lists[id] ?? { path: '', body: {} }
      const url = `${server.url}/${id}`
      pipeline = await openPipeline([{ definition, url }])
      const good = JSON.stringify(body)
      const serve = (answer: UpstreamAnswer) => server.answer(`/${id}${path}`, answer)
      serve({ body: good })
      expect(await pipeline.refresh(id)).toMatchObject({ status: 'applied' })
      const before = await dump()
      const bad: [UpstreamAnswer, string][] = [
        [{ body: '' }, 'payload_not_json'],
        [{ body: good.slice(0, good.length / 2) }, 'payload_not_json'],
        [{ body: good, fault: 'truncate' }, 'fetch_truncated'],
        [{ body: html, headers: { 'content-type': 'text/html' } }, 'payload_not_json'],
        [{ body: envelope }, 'payload_shape'],
        [{ body: '{}' }, 'payload_shape'],
      ]
      for (const [answer, errorCode] of bad) {
        serve(answer)
        const run = await pipeline.refresh(id)
        expect(run).toMatchObject({ status: 'failed', errorCode, nextStep: expect.any(String) })
        expect(await dump()).toBe(before)
        serve({ body: good })
        expect(await pipeline.refresh(id)).toMatchObject({ status: 'unchanged', errorCode: null })
      }
      expect(await dump()).toBe(before)
    },
  )
})

const models = simpleModels(40)
const good = JSON.stringify({ models })
const capBytes = 256 * 1024

async function openAlpha(overrides: Partial<Upstream> = {}, path = '/alpha'): Promise<void> {
  const definition = simpleUpstream('alpha', { maxBytes: capBytes, ...overrides })
  pipeline = await openPipeline([{ definition, url: `${server.url}${path}` }])
  server.answer('/alpha', { body: good })
  await pipeline.refresh('alpha')
}

describe('an answer that is no body', () => {
  const tooLong = JSON.stringify({ models, padding: 'x'.repeat(capBytes) })
  const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20, 32), { level: 9 })
  const cases: [string, () => UpstreamAnswer, string][] = [
    ['an HTML page', () => ({ body: html }), 'payload_not_json'],
    ['nothing', () => ({ body: '' }), 'payload_not_json'],
    ['JSON that breaks off', () => ({ body: good.slice(0, 500) }), 'payload_not_json'],
    ['half of a body', () => ({ body: good, fault: 'truncate' }), 'fetch_truncated'],
    ['no answer and a cut', () => ({ fault: 'reset' }), 'fetch_refused'],
    ['another list', () => ({ body: '{"data":[]}' }), 'payload_shape'],
    ['an error envelope', () => ({ body: envelope }), 'payload_shape'],
    [
      'bytes that are not UTF-8',
      () => ({ body: Buffer.from([...Buffer.from('{"models":["'), 0xff, 0xfe, 0x22, 0x5d, 0x7d]) }),
      'payload_encoding',
    ],
    ['a body over the cap', () => ({ body: tooLong }), 'fetch_too_large'],
    [
      'a gzip bomb',
      () => ({ body: bomb, headers: { 'content-encoding': 'gzip' } }),
      'fetch_too_large',
    ],
    ['a body without an end', () => ({ body: endless() }), 'fetch_too_large'],
    [
      'gzip that is none',
      () => ({ body: good, headers: { 'content-encoding': 'gzip' } }),
      'fetch_encoding',
    ],
    [
      'an encoding that was not asked for',
      () => ({ body: good, encoding: 'br' }),
      'fetch_encoding',
    ],
    ['a redirect to itself', () => redirectTo('/alpha'), 'fetch_redirect'],
    ['401', () => ({ status: 401 }), 'http_unauthorized'],
    ['403', () => ({ status: 403, body: good }), 'http_unauthorized'],
    ['404', () => ({ status: 404 }), 'http_not_found'],
    ['429', () => ({ status: 429, headers: { 'retry-after': '7' } }), 'http_rate_limited'],
    ['500', () => ({ status: 500, body: good }), 'http_server_error'],
    ['204', () => ({ status: 204 }), 'http_unexpected'],
  ]
  it.each(cases)('%s', async (_title, answer, errorCode) => {
    await openAlpha()
    const before = await dump()
    server.answer('/alpha', answer())
    const run = await pipeline.refresh('alpha')
    expect(run).toMatchObject({ status: 'failed', errorCode, updated: 0, missing: 0 })
    expect(run.errorMessage).toContain('alpha')
    expect(run.nextStep).toBeTruthy()
    expect(await dump()).toBe(before)
    server.answer('/alpha', { body: good })
    expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'unchanged' })
  })

  it('a refused connection', async () => {
    const definition = simpleUpstream('alpha')
    pipeline = await openPipeline([{ definition, url: `http://127.0.0.1:${await closedPort()}/` }])
    const run = await pipeline.refresh('alpha')
    expect(run).toMatchObject({ status: 'failed', errorCode: 'fetch_refused' })
    expect(run.nextStep).toBeTruthy()
  })

  it('a list of which one page is missing', async () => {
    await openAlpha({ pages: twoPages }, '')
    server.answer('/first', { json: { models: models.slice(0, 20) } })
    server.answer('/second', { json: { models: models.slice(20) } })
    expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'applied', added: 40 })
    const before = await dump()
    for (const answer of [{ status: 500 }, { body: html }, { fault: 'reset' as const }]) {
      server.answer('/second', answer)
      expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'failed' })
      expect(await dump()).toBe(before)
    }
    server.answer('/second', { json: { models: models.slice(20) } })
    expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'unchanged' })
  })

  it('an empty list is held, not believed', async () => {
    await openAlpha()
    const before = await dump()
    server.answer('/alpha', { body: '{"models":[]}' })
    expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'held', held: 1 })
    expect(await dump()).toBe(before)
    server.answer('/alpha', { body: good })
    expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'unchanged' })
  })

  it('a list is a list whatever its Content-Type says', async () => {
    await openAlpha()
    const body = JSON.stringify({ models: [...models, { id: 'another' }] })
    server.answer('/alpha', { body, headers: { 'content-type': 'image/png' } })
    expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'applied', added: 1 })
  })
})

const twoPages: NonNullable<Upstream['pages']> = async function* (url, fetchPage) {
  for (const page of ['first', 'second']) yield await fetchPage(`${url}/${page}`)
}

function endless(): Readable {
  return Readable.from(
    (function* () {
      yield '{"models":['
      for (;;) yield ' '.repeat(16_384)
    })(),
  )
}

async function closedPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  return typeof address === 'object' ? (address?.port ?? 1) : 1
}

describe('an entry that cannot be right is rejected with a reason, and the others are taken', () => {
  const cases: [string, string, string][] = [
    ['without an id', '{"id":""}', 'id_empty'],
    ['with an id of 500 characters', `{"id":"${'x'.repeat(500)}"}`, 'id_too_long'],
    ['with NUL in a text', '{"id":"odd","name":"a\\u0000b"}', 'bad_text'],
    ['with half a character', '{"id":"odd","name":"a\\ud800b"}', 'bad_text'],
    ['with a line break in its id', '{"id":"od\\nd"}', 'bad_text'],
    ['with a price that is a word', '{"id":"odd","input":"cheap"}', 'price_not_a_number'],
    ['with a price below zero', '{"id":"odd","input":-5}', 'price_negative'],
    ['with a price beyond any range', '{"id":"odd","input":1e400}', 'bad_number'],
    ['of another type', '"odd"', 'id_empty'],
  ]
  it.each(cases)('%s', async (_title, entry, reason) => {
    await openAlpha()
    server.answer('/alpha', {
      body: listOf([...models.map((m) => JSON.stringify(m)), '{"id":"new"}', entry]),
    })
    const run = await pipeline.refresh('alpha')
    expect(run).toMatchObject({ status: 'applied', added: 1, rejected: 1, entries: 42 })
    expect(await readRejects(pipeline.db, run.id)).toMatchObject([{ reason }])
  })

  it('twice under one id with different content: neither is taken, what was stored stays', async () => {
    await openAlpha()
    const before = await dump()
    const twice = [...models, { ...models[0], name: 'Other' }].map((m) => JSON.stringify(m))
    server.answer('/alpha', { body: listOf(twice) })
    const run = await pipeline.refresh('alpha')
    expect((await readRejects(pipeline.db, run.id)).map(({ reason }) => reason)).toEqual([
      'duplicate_id',
      'duplicate_id',
    ])
    expect(await dump()).toBe(before)
  })

  it('an id like __proto__ is an id like any other', async () => {
    await openAlpha()
    const odd = ['__proto__', 'constructor', 'a/b:c@d', "'; DROP TABLE models; --"]
    const rows = [...models, ...odd.map((id) => ({ id, name: id }))].map((m) => JSON.stringify(m))
    server.answer('/alpha', { body: listOf(rows) })
    expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'applied', added: 4 })
    const stored = await pipeline.db.$queryRaw<{ id: string }[]>`
      SELECT model_id AS id FROM models WHERE model_id = ANY(${odd}) AND name = model_id`
    expect(stored).toHaveLength(4)
  })
})

function listOf(rows: readonly string[]): string {
  return `{"models":[${rows.join(',')}]}`
}
