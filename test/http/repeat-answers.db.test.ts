/** What was answered once is sent again past the routes: nobody may see a difference. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openApi, type TestApi } from './api-fixture.ts'
import { awayFromMinuteEnd } from './http-fixture.ts'

const adminKey = 'the-bootstrap-key-of-this-test'
const models = [
  { provider: 'acme', id: 'a/b', name: 'Seen', input: '1' },
  { provider: 'acme', id: 'hidden', name: 'Secretive', input: '2' },
]
const list = '/api/v1/models?provider=acme'

let open: TestApi
let closed: TestApi

beforeAll(async () => {
  open = await openApi(models, { access: { adminApiKey: adminKey } })
  closed = await openApi(models, { access: { adminApiKey: adminKey, apiPublicRead: false } })
  for (const { db } of [open, closed])
    await db.model.update({
      where: { provider_modelId: { provider: 'acme', modelId: 'hidden' } },
      data: { tiers: ['enterprise'] },
    })
})
afterAll(async () => {
  await open.close()
  await closed.close()
})

const key = { 'x-api-key': adminKey }

async function ask(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers })
  const sent = Object.fromEntries(response.headers)
  // Of the request, not of the answer.
  const {
    date: _date,
    'ratelimit-remaining': remaining,
    'ratelimit-reset': _at,
    ...ofAnswer
  } = sent
  return { status: response.status, headers: ofAnswer, remaining, body: await response.text() }
}

it.each([list, '/api/v1/models/acme/a/b', '/api/v1/models/acme%2Fa%2Fb/prices', '/api.json'])(
  '%s is the same the second and the third time, and each time counts',
  async (path) => {
    await awayFromMinuteEnd()
    for (const encoding of ['br', 'gzip', 'identity']) {
      const askAgain = () => ask(open.url + path, { 'accept-encoding': encoding })
      const { remaining, ...first } = await askAgain()
      expect(first.status).toBe(200)
      for (const times of [1, 2]) {
        const { remaining: left, ...again } = await askAgain()
        expect(again).toEqual(first)
        expect(Number(left)).toBe(Number(remaining) - times)
      }
    }
  },
)

it('who holds it is told so without a body, with the same validators', async () => {
  const first = await ask(open.url + list)
  const etag = first.headers['etag'] ?? ''
  for (let times = 0; times < 2; times++) {
    const { status, headers, body } = await ask(open.url + list, { 'if-none-match': etag })
    expect({ status, body }).toEqual({ status: 304, body: '' })
    expect(headers).toMatchObject({
      etag,
      'cache-control': first.headers['cache-control'],
      'x-catalog-version': first.headers['x-catalog-version'],
    })
    expect(headers['content-length']).toBeUndefined()
  }
})

it('who shows a key gets what is theirs, whatever others were sent', async () => {
  for (let times = 0; times < 2; times++) {
    expect((await ask(open.url + list)).body).not.toContain('Secretive')
    const own = await ask(open.url + list, key)
    expect(own.body).toContain('Secretive')
    expect(own.headers['cache-control']).toMatch(/^private/)
    expect((await ask(open.url + list, { 'x-api-key': 'plb_wrong' })).status).toBe(401)
  }
})

it('where reading is closed nobody gets what was sent to a key', async () => {
  for (let times = 0; times < 2; times++) {
    expect((await ask(closed.url + list, key)).status).toBe(200)
    expect((await ask(closed.url + list)).status).toBe(401)
  }
})

it('a new version is in the next answer', async () => {
  await ask(open.url + list)
  await ask(open.url + list)
  await open.list([...models, { provider: 'acme', id: 'new', name: 'Brand new', input: '3' }])
  const { headers, body } = await ask(open.url + list)
  expect(body).toContain('Brand new')
  expect(headers['x-catalog-version']).toBe(String(open.context.watch.version))
})

it('an answer that is repeated is measured under its route', async () => {
  const sample =
    'plumbline_http_request_duration_seconds_count{method="GET",route="/api/v1/models",status_code="200"}'
  await ask(open.url + list)
  const before = (await open.scrape()).get(sample) ?? 0
  for (let times = 0; times < 3; times++) await ask(open.url + list)
  expect((await open.scrape()).get(sample)).toBe(before + 3)
})

it('other methods, a NUL and a path that is nothing are for the routes', async () => {
  await ask(open.url + list)
  expect((await fetch(open.url + list, { method: 'HEAD' })).status).toBe(200)
  expect((await fetch(open.url + list, { method: 'DELETE' })).status).toBe(405)
  expect((await ask(`${open.url}${list}&search=%00`)).status).toBe(400)
})
