import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formats } from '../../src/http/formats/format-table.ts'
import { formatPaths } from '../../src/http/publishing/format-requests.ts'
import { createApiKey } from '../../src/history/api-keys.ts'
import { hashSecret, newKeyText } from '../../src/history/key-text.ts'
import { litellm } from '../../src/upstreams/litellm.ts'
import { startUpstream } from '../support/upstream-server.ts'
import { openApi, type LabModel, type TestApi } from './api-fixture.ts'
import { setAccess } from './set-access.ts'
import { openHttp } from './http-fixture.ts'

const providers = ['openai', 'anthropic', 'together', 'openrouter']
// More than a page of what is read at once, of models as of prices.
const models: LabModel[] = Array.from({ length: 260 }, (_, index) => ({
  provider: providers[index % providers.length] ?? 'openai',
  id: index === 7 ? 'org/model:free' : `model-${index}`,
  name: `Model ${index}`,
  type: index === 5 ? 'embedding' : 'chat',
  baseModel: `openai/base-${index % 130}`,
  contextWindow: 100_000 + index,
  functionCalling: true,
  releaseDate: '2026-01-15',
  input: index === 7 ? '0' : `${index}.25`,
  output: index === 7 ? '0' : `${index * 2}.5`,
}))

let api: TestApi
beforeAll(async () => {
  api = await openApi(models)
})
afterAll(() => api.close())

async function idsIn(path: string): Promise<string[]> {
  const { json } = await api.get(path)
  const data = json['data']
  return Array.isArray(data) ? data.map(({ id }) => String(id)) : []
}

/** Resolves when what is published is of this version. */
async function published(path: string, version = api.context.watch.version ?? 0): Promise<void> {
  for (;;) {
    const { headers } = await fetch(api.url + path, { method: 'HEAD' })
    if (Number(headers.get('x-catalog-version')) >= version) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('every format', () => {
  it.each(formatPaths)('%s is JSON with validators, also to HEAD', async (path) => {
    const plain = { 'accept-encoding': 'identity' }
    const got = await fetch(api.url + path, { headers: plain })
    expect(got.status).toBe(200)
    const body = await got.text()
    expect(() => JSON.parse(body)).not.toThrow()
    const etag = got.headers.get('etag') ?? ''
    expect(got.headers.get('x-models-etag')).toBe(etag)
    const head = await fetch(api.url + path, { method: 'HEAD', headers: plain })
    expect(Object.fromEntries(head.headers)).toMatchObject({
      etag,
      'content-length': String(Buffer.byteLength(body)),
      'x-catalog-version': got.headers.get('x-catalog-version'),
    })
    const held = await fetch(api.url + path, { headers: { ...plain, 'if-none-match': etag } })
    expect(held.status).toBe(304)
    expect(held.headers.get('x-models-etag')).toBe(etag)
  })

  it('is the same to whoever puts something behind its path', async () => {
    const { body } = await api.get('/api.json')
    for (const path of ['/api.json?t=1', '/api.json/api.json', '/api.json?only=theirs'])
      expect((await api.get(path)).body).toBe(body)
    expect(await api.get('/api.json?only=ours')).toMatchObject({ status: 200, body })
  })

  it('of LiteLLM has a variant with nothing but our rows', async () => {
    const { json } = await api.get('/model_prices_and_context_window.json?only=ours&t=1')
    expect(Object.keys(json)).toHaveLength(models.length)
    expect(await api.get('/model_prices_and_context_window.json?only=theirs')).toMatchObject({
      status: 400,
      json: { errors: [{ field: 'only', allowed: ['ours'] }] },
    })
    expect(json['model-0']).toMatchObject({ litellm_provider: 'openai', mode: 'chat' })
  })

  it('has every model and every price once, however many pages were read', async () => {
    const ids = await idsIn('/v1/models')
    expect(ids).toEqual(models.map(({ provider, id }) => `${provider}/${id}`).sort())
    const { json } = await api.get('/historical-v1.json')
    const prices = json['prices'] as { id: string; to_date: string | null }[]
    expect(prices.map(({ id }) => id)).toEqual(ids)
    expect(new Set(prices.map(({ to_date: until }) => until))).toEqual(new Set([null]))
  })

  it('is in the description of the API', async () => {
    const { json } = await api.get('/openapi.json')
    const paths = Object.keys(json['paths'] as object)
    expect(paths).toEqual(expect.arrayContaining([...formatPaths, '/pricing/{file}']))
  })
})

describe('a new version', () => {
  it('is in all formats at once, and whole', async () => {
    await Promise.all(formatPaths.map((path) => api.get(path)))
    await api.list([...models, { provider: 'openai', id: 'newest', input: '1', output: '2' }])
    await published('/v1/models')
    const versions = await Promise.all(
      formatPaths.map(async (path) =>
        (await fetch(api.url + path)).headers.get('x-catalog-version'),
      ),
    )
    expect(new Set(versions)).toEqual(new Set([String(api.context.watch.version)]))
    expect(await idsIn('/v1/models')).toContain('openai/newest')
    await api.list(models)
    await published('/v1/models')
    expect(await idsIn('/v1/models')).not.toContain('openai/newest')
  })

  it('that lost most of its models is held back, and says so', async () => {
    const heldSample = 'plumbline_format_held{format="openai"}'
    expect((await api.scrape()).get(heldSample)).toBe(0)
    await api.list(models.slice(0, 80))
    const heldLine = () =>
      api
        .logged()
        .split('\n')
        .findLast((text) => text.includes('"format":"openai"')) ?? '{}'
    await expect
      .poll(() => JSON.parse(heldLine()), { timeout: 20_000 })
      .toMatchObject({
        level: 'warn',
        msg: 'a format is held back',
        reason: 'it would shrink from 261 to 80 models',
        version: api.context.watch.version,
      })
    expect((await api.scrape()).get(heldSample)).toBe(1)
    // It shrinks provider by provider: what is served is the last that had half of the models.
    expect((await idsIn('/v1/models')).length).toBeGreaterThanOrEqual(131)
    expect((await api.get('/readyz')).status).toBe(200)
    await api.list(models)
    await expect.poll(async () => (await api.scrape()).get(heldSample), { timeout: 20_000 }).toBe(0)
    await published('/v1/models')
    expect(await idsIn('/v1/models')).toHaveLength(models.length)
  })
})

describe('what is disabled or of a higher tier', () => {
  it('is in no list and has no page, but for those who have the tier', async () => {
    await setAccess(api.db, 'openai/model-0', { review: 'disabled' })
    const version = await setAccess(api.db, 'anthropic/model-1', { tiers: ['pro'] })
    await published('/v1/models', version)
    const shown = await Promise.all(
      formats.map(async ({ path }) => {
        const { body } = await api.get(path)
        return [path, body.includes('model-0"'), body.includes('model-1"')]
      }),
    )
    expect(shown).toEqual(formats.map(({ path }) => [path, false, false]))
    for (const path of [
      '/v1/models/openai/model-0',
      '/v1/models/anthropic/model-1',
      '/openrouter/api/v1/models/anthropic/model-1/endpoints',
      '/model-configs/pricing/openai/model-0',
    ])
      expect((await api.get(path)).status).toBe(404)

    const { id, secret, text } = newKeyText()
    const key = { id, name: 'test', scopes: ['read' as const], tier: 'pro' as const }
    await createApiKey(api.db, { ...key, expiresAt: null, hash: hashSecret(secret) }, 'test')
    const headers = { authorization: `Bearer ${text}` }
    for (const path of ['/v1/models', '/v1/models?again']) {
      const answer = await fetch(api.url + path, { headers })
      expect(answer.headers.get('cache-control')).toMatch(/^private/)
      const body = await answer.text()
      expect([body.includes('model-0"'), body.includes('model-1"')]).toEqual([false, true])
    }
    expect((await api.get('/v1/models')).body).not.toContain('model-1"')
    await setAccess(api.db, 'openai/model-0', { review: 'active' })
    await published('/v1/models', await setAccess(api.db, 'anthropic/model-1', { tiers: [] }))
  })
})

describe('of one model or provider', () => {
  it.each(['/v1/models/together/model-2', '/v1/models/together%2Fmodel-2'])(
    '%s is found as OpenAI would tell it',
    async (path) => {
      expect((await api.get(path)).json).toEqual({
        id: 'together/model-2',
        object: 'model',
        created: Date.parse('2026-01-15') / 1000,
        owned_by: 'together',
      })
    },
  )

  it('OpenRouter’s endpoints are the offers of the same base model, cheapest first', async () => {
    const { json } = await api.get('/openrouter/api/v1/models/together/model-2/endpoints')
    expect(json).toMatchObject({
      data: {
        id: 'together/model-2',
        architecture: { modality: 'text->text' },
        endpoints: [
          { tag: 'together', pricing: { prompt: '0.00000225', completion: '0.0000045' } },
          { tag: 'openai', pricing: { prompt: '0.00013225' } },
        ],
      },
    })
    const free = await api.get('/openrouter/api/v1/models/openrouter/org/model:free/endpoints')
    expect(free.json).toMatchObject({
      data: { id: 'openrouter/org/model:free', endpoints: [{ pricing: { prompt: '0' } }, {}] },
    })
  })

  it('Portkey’s file has cents per token and a default', async () => {
    const { json } = await api.get('/pricing/openai.json')
    expect(json).toMatchObject({
      default: { pricing_config: { pay_as_you_go: { request_token: { price: 0 } } } },
      'model-4': {
        pricing_config: {
          pay_as_you_go: { request_token: { price: 0.000425 }, response_token: { price: 0.00085 } },
          currency: 'USD',
        },
      },
    })
    // Portkey's name of the file, and ours.
    expect((await api.get('/pricing/together-ai.json')).status).toBe(404)
    expect((await api.get('/model-configs/pricing/openai/model-4')).json).toEqual(
      (json['model-4'] as Record<string, unknown>)['pricing_config'],
    )
    expect((await api.get('/pricing/nobody.json')).json).toMatchObject({ code: 'not_found' })
  })

  it('a logo is a small SVG of letters', async () => {
    const { status, type, body } = await api.get('/logos/together-ai.svg')
    expect({ status, type }).toEqual({ status: 200, type: 'image/svg+xml' })
    expect(body).toMatch(/^<svg .*>TA<\/text><\/svg>$/)
    expect((await api.get('/logos/<x>.svg')).status).toBe(400)
  })
})

describe('an empty catalog', () => {
  it('is refused where its readers would take it for a broken file, and else an empty list', async () => {
    const http = await openHttp()
    try {
      for (const path of ['/api.json', '/v2/providers', '/model_prices_and_context_window.json'])
        expect(await http.get(path)).toMatchObject({
          status: 503,
          json: { code: 'format_held', retryAfterSeconds: 60 },
        })
      expect((await http.get('/v1/models')).json).toEqual({ object: 'list', data: [] })
    } finally {
      await http.close()
    }
  })
})

describe('LiteLLM’s public map', () => {
  it('is laid under our rows, without what is disabled and what is no row', async () => {
    const row = (name: string) => ({ litellm_provider: 'acme', mode: 'chat', note: name })
    const priced = (index: number) => ({ ...row(`of ${index}`), input_cost_per_token: 1e-7 })
    const map: Record<string, unknown> = {
      sample_spec: { mode: 'one of: chat, embedding' },
      fallback_generalizations: { rules: [{ match: 'x' }] },
      'acme/rejected': { ...row('rejected'), input_cost_per_token: -5 },
      last_updated: '2026-01-01',
      ...Object.fromEntries(
        Array.from({ length: 100 }, (_, index) => [`acme/m${index}`, priced(index)]),
      ),
    }
    const upstream = await startUpstream()
    upstream.answer('/map', { json: map })
    const lone = await openApi([], {
      upstreams: [{ definition: litellm, url: `${upstream.url}/map` }],
    })
    try {
      await lone.pipeline.refresh('litellm')
      const version = await setAccess(lone.db, 'acme/m1', { review: 'disabled' })
      await expect.poll(() => lone.context.watch.version, { timeout: 20_000 }).toBe(version)
      const { json } = await lone.get('/model_prices_and_context_window.json')
      const { 'acme/m1': _disabled, last_updated: _stamp, ...rest } = map
      expect(json).toEqual(JSON.parse(JSON.stringify(rest)))
      const ours = await lone.get('/model_prices_and_context_window.json?only=ours')
      expect(Object.keys(ours.json)).toHaveLength(99)
    } finally {
      await lone.close()
      await upstream.close()
    }
  })
})
