/** Keys and tokens are shown to us and to nobody else, wherever a caller puts them. */
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApiKey } from '../../src/history/api-keys.ts'
import { hashSecret, newKeyText } from '../../src/history/key-text.ts'
import { openApi, type TestApi } from './api-fixture.ts'

let api: TestApi
let canaries: string[]
beforeAll(async () => {
  api = await openApi([{ provider: 'acme', id: 'open', name: 'Open' }], {
    access: {
      apiAuthFailureLimit: 0,
      jwtIssuer: 'https://id.test',
      jwtAudience: 'plumbline',
      // Nobody listens there: the failure is logged with its cause.
      jwtJwksUrl: 'http://127.0.0.1:9/keys',
    },
    extraRoutes: [
      (app) => {
        app.get('/fails', ({ headers }) => {
          throw new Error(`a bug that quotes ${JSON.stringify(headers)}`)
        })
      },
    ],
  })
  canaries = [await validKey(), newKeyText().text, forgedToken()]
})
afterAll(() => api.close())

async function validKey(): Promise<string> {
  const { id, secret, text } = newKeyText()
  const rest = { name: 'test', scopes: ['read' as const], tier: null, expiresAt: null }
  await createApiKey(api.db, { ...rest, id, hash: hashSecret(secret) }, 'test')
  return text
}

function forgedToken(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { iss: 'https://id.test', aud: 'plumbline', sub: 'somebody', exp: 4_000_000_000 }
  const text = `${part({ alg: 'RS256', kid: 'one' })}.${part(claims)}`
  return `${text}.${createHmac('sha256', 'guess').update(text).digest('base64url')}`
}

/** Every place of a request where somebody once put a key. */
function requestsWith(secret: string): [path: string, init: RequestInit][] {
  const json = { 'content-type': 'application/json' }
  const bearer = { authorization: `Bearer ${secret}` }
  return [
    ['/api/v1/models', { headers: bearer }],
    ['/api/v1/models', { headers: { 'x-api-key': secret } }],
    ['/api/v1/models', { headers: { authorization: `Basic ${secret}` } }],
    ['/api/v1/models', { headers: { authorization: secret, 'if-none-match': secret } }],
    ['/api/v1/models', { headers: { cookie: `key=${secret}`, 'x-request-id': secret } }],
    [`/api/v1/models?key=${secret}`, {}],
    [`/api/v1/models?cursor=${secret}`, {}],
    [`/api/v1/models?sort=${secret}&lifecycle=${secret}`, {}],
    [`/api/v1/models?${secret}=1`, {}],
    [`/api/v1/models/${secret}`, {}],
    [`/api/v1/models/acme/${secret}/prices`, {}],
    [`/api/v1/models/compare?ids=acme/open,${secret}`, {}],
    [`/api/v1/changes?since=${secret}`, {}],
    [`/api/v1/events?since=${secret}`, {}],
    ['/api/v1/events', { headers: { 'last-event-id': secret } }],
    [`/v1/models/${secret}`, { headers: bearer }],
    [`/${secret}`, {}],
    [`/%ff${secret}`, {}],
    ['/api/v1/cost', { method: 'POST', headers: json, body: JSON.stringify({ model: secret }) }],
    [
      '/api/v1/cost',
      {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ model: `acme/${secret}`, usage: {} }),
      },
    ],
    ['/api/v1/cost', { method: 'POST', headers: json, body: `{"model": ${secret}` }],
    ['/api/v1/cost', { method: 'POST', headers: { 'content-type': secret }, body: secret }],
    ['/api/v1/models', { method: 'DELETE', headers: bearer }],
    ['/fails', { headers: bearer }],
    ['/fails', { headers: { 'x-api-key': secret } }],
  ]
}

describe('a key or token', () => {
  it('comes back in no answer, whatever is wrong with the request', async () => {
    const statuses = new Set<number>()
    for (const secret of canaries)
      for (const [path, init] of requestsWith(secret)) {
        const response = await fetch(api.url + path, init)
        const told = JSON.stringify([...response.headers]) + (await response.text())
        expect([path, init, told]).toEqual([path, init, expect.not.stringContaining(secret)])
        statuses.add(response.status)
      }
    // Else something was not tried.
    expect(statuses).toEqual(new Set([200, 400, 401, 404, 405, 415, 500, 503]))
  })

  it('is in no line of the log and in no metric', async () => {
    const { body: metrics } = await api.get('/metrics')
    const log = api.logged()
    expect(log).toMatch(/a bug that quotes .*Bearer \[redacted\]/)
    for (const secret of canaries) {
      expect(log).not.toContain(secret)
      expect(metrics).not.toContain(secret)
    }
  })
})
