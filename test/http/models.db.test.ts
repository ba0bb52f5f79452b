import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sortNames } from '../../src/catalog/model-order.ts'
import { ModelDetailSchema, ModelPageSchema } from '../../src/http/schemas/models.ts'
import { openApi, type LabModel, type TestApi } from './api-fixture.ts'

const gpt: LabModel = {
  provider: 'openai',
  id: 'gpt-5',
  name: 'GPT-5',
  family: 'gpt',
  type: 'chat',
  input: '1.25',
  output: '10',
  contextWindow: 400_000,
  vision: true,
  inputModalities: ['text', 'image'],
}
const oddIds = [
  'org/model:free',
  'a b',
  '50%',
  'x@2025',
  'ünïcode',
  'a/b/c',
  'what?#',
  'deep/prices',
]
const models: LabModel[] = [
  gpt,
  { ...gpt, id: 'gpt-5-mini', name: 'GPT-5 mini', input: '0.25', vision: false },
  { provider: 'anthropic', id: 'claude-sonnet-4-5', name: 'Claude Sonnet 4.5', input: '3' },
  ...oddIds.map((id) => ({ provider: 'odd', id, name: id })),
]

let api: TestApi
beforeAll(async () => {
  api = await openApi(models)
})
afterAll(() => api.close())

async function idsOf(query: string): Promise<string[]> {
  const { status, json } = await api.get(`/api/v1/models?${query}`)
  expect(status).toBe(200)
  return ModelPageSchema.parse(json).models.map(({ id }) => id)
}

describe('the list of models', () => {
  it('has the shape that its description promises', async () => {
    const { json } = await api.get('/api/v1/models')
    expect(ModelPageSchema.parse(json)).toMatchObject({ total: models.length, page: 1, limit: 50 })
  })

  it.each([
    ['provider=openai&capability=vision', ['openai/gpt-5']],
    ['provider=openai&max_input_price=0.3', ['openai/gpt-5-mini']],
    ['provider=openai&min_context=400001', []],
    ['modality=image&sort=-input_price', ['openai/gpt-5', 'openai/gpt-5-mini']],
    ['search=claude%20sonet', ['anthropic/claude-sonnet-4-5']],
    ['provider=openai&limit=1&page=2', ['openai/gpt-5-mini']],
    ['lifecycle=retired', []],
    ['review=disabled', []],
  ])('takes %s', async (query, expected) => {
    expect(await idsOf(query)).toEqual(expected)
  })

  it.each([
    ['colour=red', 'colour', undefined],
    ['limit=1001', 'limit', undefined],
    ['limit=0', 'limit', undefined],
    ['limit=ten', 'limit', undefined],
    ['page=-1', 'page', undefined],
    ['capability=flying', 'capability', 'vision'],
    ['sort=colour', 'sort', '-input_price'],
    ['lifecycle=active,gone', 'lifecycle.1', 'retired'],
    ['tier=gold', 'tier', 'pro'],
    ['max_input_price=cheap', 'max_input_price', undefined],
    ['provider=openai&provider=anthropic', 'provider', undefined],
  ])('refuses %s and says what is allowed', async (query, field, allowed) => {
    const { status, type, json } = await api.get(`/api/v1/models?${query}`)
    expect({ status, type }).toEqual({
      status: 400,
      type: 'application/problem+json; charset=utf-8',
    })
    expect(json).toMatchObject({
      type: 'urn:plumbline:error:invalid_argument',
      errors: [{ field }],
    })
    expect(JSON.stringify(json['errors'])).toContain(allowed === undefined ? '' : `"${allowed}"`)
  })
})

describe('a cursor', () => {
  it('is in the header Link, too, as the address of the next page', async () => {
    const addressIn = (answer: Response) =>
      /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1]
    const seen: string[] = []
    let address: string | undefined = '/api/v1/models?page=1&limit=4&search=5'
    while (address !== undefined) {
      const answer: Response = await fetch(new URL(address, api.url))
      const page = ModelPageSchema.parse(await answer.json())
      seen.push(...page.models.map(({ id }) => id))
      address = addressIn(answer)
      expect(address?.includes('page=')).not.toBe(true)
    }
    expect(seen[0]).toBe('openai/gpt-5')
    expect(seen.toSorted()).toEqual((await idsOf('search=5')).toSorted())
  })

  const orders = [...sortNames.flatMap((name) => [name, `-${name}`]), 'match']
  it.each(orders)('of the order %s leads to where its page ended', async (order) => {
    const query = order === 'match' ? 'search=gpt' : `sort=${order}`
    const whole = await idsOf(query)
    const { next } = ModelPageSchema.parse((await api.get(`/api/v1/models?${query}&limit=1`)).json)
    expect(await idsOf(`${query}&cursor=${next}`)).toEqual(whole.slice(1))
  })

  it.each([
    ['input_price', '1e999999'],
    ['input_price', 'cheap'],
    ['context', '99999999999999999999'],
    ['changed_at', '2026-13-45T00:00:00Z'],
    ['changed_at', '0000-01-01T00:00:00Z'],
    ['name', '\0'],
    ['name', '\ud800'],
    ['name', null],
  ])('that was made up with what PostgreSQL cannot read is refused: %s %j', async (sort, value) => {
    const { next } = ModelPageSchema.parse(
      (await api.get(`/api/v1/models?limit=1&sort=${sort}`)).json,
    )
    const [digest] = JSON.parse(Buffer.from(next ?? '', 'base64url').toString()) as [string]
    const forged = JSON.stringify([digest, value, 'openai', 'gpt-5'])
    const cursor = Buffer.from(forged).toString('base64url')
    expect(await api.get(`/api/v1/models?limit=1&sort=${sort}&cursor=${cursor}`)).toMatchObject({
      status: 400,
      json: { code: 'invalid_argument', errors: [{ field: 'cursor' }] },
    })
  })

  it('leads through the whole list, whatever is committed meanwhile', async () => {
    const seen: string[] = []
    let cursor = ''
    for (;;) {
      const { json } = await api.get(`/api/v1/models?limit=3&sort=-input_price${cursor}`)
      const { models: page, next } = ModelPageSchema.parse(json)
      seen.push(...page.map(({ id }) => id))
      if (next === null) break
      cursor = `&cursor=${next}`
    }
    expect(seen.slice(0, 3)).toEqual([
      'anthropic/claude-sonnet-4-5',
      'openai/gpt-5',
      'openai/gpt-5-mini',
    ])
    expect(new Set(seen).size).toBe(models.length)
  })

  it('is refused when it is malformed or was made for another list', async () => {
    const { json } = await api.get('/api/v1/models?limit=1')
    const { next } = ModelPageSchema.parse(json)
    for (const query of [
      'cursor=nonsense',
      `cursor=${next}&sort=name`,
      `cursor=${next}&type=chat`,
      `cursor=${next}&page=2`,
      `cursor=${next}&search=gpt`,
    ])
      expect(await api.get(`/api/v1/models?limit=1&${query}`)).toMatchObject({
        status: 400,
        json: { code: 'invalid_argument', errors: [{ field: 'cursor' }] },
      })
  })
})

describe('one model', () => {
  it('is there under its id, encoded or as it is', async () => {
    const asItIs = await api.get('/api/v1/models/openai/gpt-5')
    expect(ModelDetailSchema.parse(asItIs.json)).toMatchObject({
      id: 'openai/gpt-5',
      prices: { state: 'priced', input: '1.25', output: '10' },
    })
    expect((await api.get('/api/v1/models/openai%2Fgpt-5')).json).toEqual(asItIs.json)
  })

  it.each(oddIds)('%s is found, whatever its id has in it', async (id) => {
    const encoded = await api.get(`/api/v1/models/${encodeURIComponent(`odd/${id}`)}`)
    expect(encoded.json).toMatchObject({ modelId: id })
    if (/[?#]|prices/.test(id)) return
    const path = id.split('/').map(encodeURIComponent).join('/')
    expect((await api.get(`/api/v1/models/odd/${path}`)).json).toEqual(encoded.json)
  })

  it.each(['/api/v1/models/openai/nothing', '/api/v1/models/nothing'])(
    'that is not there is a problem: %s',
    async (path) => {
      expect(await api.get(path)).toMatchObject({ status: 404, json: { code: 'not_found' } })
    },
  )
})

describe('an answer', () => {
  const ask = (headers: Record<string, string> = {}) =>
    fetch(`${api.url}/api/v1/models`, { headers: { 'accept-encoding': 'identity', ...headers } })

  it('says of which version it is, and what caches may do', async () => {
    const { headers } = await ask()
    expect(headers.get('x-catalog-version')).toBe(String(api.context.watch.version))
    expect(headers.get('etag')).toMatch(/^"[\w-]{27}"$/)
    expect(headers.get('cache-control')).toMatch(/^public, max-age=60, stale-while-revalidate=/)
    expect(new Date(headers.get('last-modified') ?? '').getTime()).toBeGreaterThan(0)
  })

  it('is 304 for who has it, in whatever encoding', async () => {
    const etag = (await ask()).headers.get('etag') ?? ''
    const brotli = (await ask({ 'accept-encoding': 'br' })).headers.get('etag') ?? ''
    expect(brotli).toBe(etag.replace(/"$/, '-br"'))
    for (const held of [etag, brotli, `"other", ${etag}`, `W/${etag}`, '*'])
      expect((await ask({ 'if-none-match': held })).status).toBe(304)
    expect((await ask({ 'if-none-match': '"other"' })).status).toBe(200)
  })

  it('comes compressed to who takes that', async () => {
    const plain = Buffer.from(await (await ask()).arrayBuffer())
    const raw = async (encoding: string) => {
      const { rawBody, headers } = await api.getRaw('/api/v1/models', {
        'accept-encoding': encoding,
      })
      expect(headers['content-encoding']).toBe(encoding)
      return rawBody
    }
    expect(brotliDecompressSync(await raw('br'))).toEqual(plain)
    expect(gunzipSync(await raw('gzip'))).toEqual(plain)
  })
})

describe('the cache', () => {
  it('answers from memory until a commit, and then with what was committed', async () => {
    const hits = async () => (await api.scrape()).get(hitSample) ?? 0
    const before = await hits()
    await api.get('/api/v1/models?provider=openai&limit=10')
    await api.get('/api/v1/models?provider=openai&limit=10')
    expect(await hits()).toBe(before + 1)
    await api.list([...models, { ...gpt, id: 'gpt-6', name: 'GPT-6' }])
    const { json } = await api.get('/api/v1/models?provider=openai&limit=10')
    expect(json).toMatchObject({ total: 3, version: api.context.watch.version })
    await api.list(models)
    expect(await idsOf('provider=openai&limit=10')).toEqual(['openai/gpt-5', 'openai/gpt-5-mini'])
  })

  const hitSample = 'plumbline_cache_requests_total{layer="memory",result="hit"}'
})

describe('the description', () => {
  it('is OpenAPI 3.1 with every parameter, and a page for people', async () => {
    const { json } = await api.get('/openapi.json')
    expect(json).toMatchObject({
      openapi: '3.1.0',
      paths: { '/api/v1/models/{id}': {}, '/api/v1/models': {} },
      components: { schemas: { Model: {}, Problem: {} } },
    })
    const page = await fetch(`${api.url}/docs/`)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('openapi.json')
  })
})
