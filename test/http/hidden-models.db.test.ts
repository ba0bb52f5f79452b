/** What is disabled or of a higher tier is not there: whatever is asked, on every documented path. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { createApiKey } from '../../src/history/api-keys.ts'
import { hashSecret, newKeyText } from '../../src/history/key-text.ts'
import { openApi, type LabModel, type TestApi } from './api-fixture.ts'
import { get } from './http-fixture.ts'

const common = {
  provider: 'acme',
  family: 'flagship',
  baseModel: 'acme/open',
  vision: true,
  functionCalling: true,
  contextWindow: 100_000,
  releaseDate: '2026-01-15',
  input: '1',
  output: '2',
} satisfies Omit<LabModel, 'id'>
/** Nobody may learn these words. */
const [proOnly, disabled] = ['zanzibar', 'quagmire']
const models: LabModel[] = [
  // Some formats are published from fifty models on.
  ...Array.from({ length: 55 }, (_, index) => ({
    ...common,
    provider: 'openai',
    id: `m-${index}`,
  })),
  { ...common, id: 'open', name: 'Open' },
  { ...common, id: 'other', name: 'Other' },
  { ...common, id: `${proOnly}-1`, name: `Model ${proOnly}`, description: proOnly },
  { ...common, id: `${disabled}-1`, name: `Model ${disabled}`, description: disabled },
  // Nothing else is of this provider.
  { ...common, provider: `${disabled}-lab`, id: `${disabled}-2`, baseModel: 'acme/open' },
]

let api: TestApi
let paths: string[]
beforeAll(async () => {
  api = await openApi(models.slice(0, -3))
  await api.list(models)
  // From the beginning, as far as anybody was told.
  await api.db.$executeRaw`UPDATE models SET tiers = '{pro}' WHERE model_id LIKE ${`${proOnly}%`}`
  await api.db
    .$executeRaw`UPDATE models SET review = 'disabled' WHERE model_id LIKE ${`${disabled}%`}`
  await api.list([...models, { ...common, id: 'newest', name: 'Newest' }])
  await published()
  paths = await documentedPaths()
})
afterAll(() => api.close())

/** Resolves when the formats are of the newest version. */
async function published(): Promise<void> {
  for (;;) {
    const { headers } = await fetch(`${api.url}/api.json`)
    if (headers.get('x-catalog-version') === String(api.context.watch.version)) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const Description = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })

async function documentedPaths(): Promise<string[]> {
  const { json } = await api.get('/openapi.json')
  return Object.entries(Description.parse(json).paths).flatMap(([path, methods]) =>
    'get' in methods && path !== '/api/v1/events' ? [path] : [],
  )
}

/** What a path's parameters are where they are not the id of a model. */
const examples: Readonly<Record<string, string>> = {
  capability: 'vision',
  provider: 'acme',
  file: 'acme.json',
  model: 'open',
}
/** What a path must be asked, or might tell more when it is asked. */
const queries: Readonly<Record<string, readonly string[]>> = {
  '/api/v1/models': [
    '',
    `?search=${proOnly}`,
    `?search=model%20${disabled}`,
    '?review=disabled',
    '?tier=pro',
    '?sort=-changed_at&limit=1000',
    '?limit=1&page=2',
  ],
  '/api/v1/models/batch': [`?id=acme/open&id=acme/${proOnly}-1&id=acme/${disabled}-1`],
  '/api/v1/models/compare': ['?ids=acme/open,acme/other'],
  '/api/v1/models/recommend': ['', '?capability=vision'],
  '/api/v1/changes': ['?since=0', '?since=0&provider=acme'],
}

function urlsOf(path: string, id: string): string[] {
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (path.startsWith('/logos/')) return 'acme.svg'
    const example = name === 'id' && path.startsWith('/api/v1/providers') ? 'acme' : id
    return encodeURIComponent(examples[name] ?? example)
  })
  return (queries[path] ?? ['']).map((query) => url + query)
}

async function bearerOf(tier: 'pro' | null, scope: 'read' | 'admin'): Promise<string> {
  const { id, secret, text } = newKeyText()
  const key = { id, name: 'test', scopes: [scope], tier, expiresAt: null, hash: hashSecret(secret) }
  await createApiKey(api.db, key, 'test')
  return `Bearer ${text}`
}

/** The paths that know the word. */
async function pathsThatTell(word: string, authorization?: string): Promise<string[]> {
  const headers = authorization === undefined ? {} : { authorization }
  const telling = new Set<string>()
  for (const path of paths)
    for (const url of urlsOf(path, 'acme/open')) {
      const { status, body } = await get(api.url + url, { headers })
      expect([url, status], 'A new path may need a row in `queries`.').toEqual([url, 200])
      // Who searches for a word gets it back.
      if (body.replaceAll(/"(query|search)":"[^"]*"/g, '').includes(word)) telling.add(path)
    }
  return [...telling]
}

it('nobody learns of it on any path without a key', async () => {
  expect(paths.length).toBeGreaterThan(30)
  expect(await pathsThatTell(proOnly)).toEqual([])
  expect(await pathsThatTell(disabled)).toEqual([])
})

it('a key of the tier sees what is of it, on the paths where others see the rest', async () => {
  const pro = await bearerOf('pro', 'read')
  const seen = await pathsThatTell(proOnly, pro)
  expect(seen).toEqual(expect.arrayContaining(['/api/v1/models', '/api/v1/changes', '/api.json']))
  expect(seen).toEqual(expect.arrayContaining(['/v1/models', '/api/v1/models/{id}/offers']))
  expect(await pathsThatTell(disabled, pro)).toEqual([])
  expect(await pathsThatTell(disabled, await bearerOf(null, 'admin'))).toContain('/api/v1/models')
  // What the others were given is not given to nobody now.
  expect(await pathsThatTell(proOnly)).toEqual([])
})

it('one that is asked for by its id is not there, as one that never was', async () => {
  const withId = paths.filter(
    (path) => path.includes('{id}') && !path.startsWith('/api/v1/providers'),
  )
  expect(withId.length).toBeGreaterThan(5)
  const compare = '/api/v1/models/compare?ids=acme/open,'
  for (const word of [proOnly, disabled]) {
    const hidden = `acme/${word}-1`
    const urls = [
      ...withId.flatMap((path) => urlsOf(path, hidden)),
      `/model-configs/pricing/${hidden}`,
      compare + hidden,
    ]
    for (const url of urls) {
      const never = await api.get(url.replaceAll(word, 'nonsense'))
      const { status, body } = await api.get(url)
      expect([url, status]).toEqual([url, 404])
      expect(withoutRequestId(body).replaceAll(word, 'nonsense')).toBe(withoutRequestId(never.body))
    }
    const cost = (model: string) =>
      get(`${api.url}/api/v1/cost`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, usage: { input: 1000 } }),
      })
    expect((await cost('acme/open')).status).toBe(200)
    expect((await cost(hidden)).status).toBe(404)
  }
})

function withoutRequestId(body: string): string {
  return body.replace(/"requestId":"[^"]*"/, '')
}

it('the event stream does not name it', async () => {
  const ended = new AbortController()
  const { body } = await fetch(`${api.url}/api/v1/events?since=0&heartbeat=1`, {
    signal: ended.signal,
  })
  let text = ''
  const last = `id: ${api.context.watch.version}\n`
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk).toString()
    if (text.includes(last)) break
  }
  ended.abort()
  expect(text).toContain('acme/newest')
  expect(text).not.toMatch(new RegExp(`${proOnly}|${disabled}`))
})

const Page = z.object({ total: z.number(), models: z.array(z.unknown()) })

it('a total counts what the caller sees, whatever is asked', async () => {
  const callers = [undefined, await bearerOf('pro', 'read'), await bearerOf(null, 'admin')]
  const asked = ['', 'provider=acme', 'min_context=1', 'capability=vision&max_input_price=1']
  const totals = []
  for (const query of [...asked, 'tier=pro', 'review=disabled', 'sort=name', 'search=acme'])
    for (const authorization of callers) {
      const headers = authorization === undefined ? {} : { authorization }
      const { body } = await get(`${api.url}/api/v1/models?limit=1000&${query}`, { headers })
      const { total, models: seen } = Page.parse(JSON.parse(body))
      expect([query, total]).toEqual([query, seen.length])
      totals.push(total)
    }
  // All models; those of acme.
  expect(totals.slice(0, 6)).toEqual([58, 59, 61, 3, 4, 5])
})
