import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Tier } from '../../src/catalog/model.ts'
import {
  createApiKey,
  listApiKeys,
  revokeApiKey,
  type KeyScope,
} from '../../src/history/api-keys.ts'
import { hashSecret, newKeyText } from '../../src/history/key-text.ts'
import { openApi, type TestApi } from './api-fixture.ts'
import { openEvents } from './event-source.ts'
import { awayFromMinuteEnd, get, type TestAnswer } from './http-fixture.ts'

const adminKey = 'the-bootstrap-key-of-this-test'
const issuer = 'https://issuer.test'
const audience = 'plumbline'

let api: TestApi
let jwks: { url: string; close: () => void }
let signing: { privateKey: CryptoKey; publicKey: CryptoKey }

beforeAll(async () => {
  signing = await generateKeyPair('RS256')
  jwks = await serve({
    keys: [{ ...(await exportJWK(signing.publicKey)), kid: 'one', alg: 'RS256' }],
  })
  api = await openApi(
    [
      { provider: 'acme', id: 'open', name: 'Open', input: '1' },
      { provider: 'acme', id: 'pro-only', name: 'Secretive', input: '2' },
    ],
    {
      access: {
        adminApiKey: adminKey,
        apiAuthFailureLimit: 20,
        jwtIssuer: issuer,
        jwtAudience: audience,
        jwtJwksUrl: jwks.url,
      },
      extraRoutes: [
        (app) => {
          app.post('/refreshing', { config: { scope: 'refresh' } }, () => ({ done: true }))
          app.post('/administering', { config: { scope: 'admin' } }, () => ({ done: true }))
        },
      ],
    },
  )
  await api.db.model.update({
    where: { provider_modelId: { provider: 'acme', modelId: 'pro-only' } },
    data: { tiers: ['pro', 'enterprise'] },
  })
})
afterAll(async () => {
  await api.close()
  jwks.close()
})

async function serve(body: object): Promise<{ url: string; close: () => void }> {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body)),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() }
}

async function makeKey(
  scopes: KeyScope[],
  tier: Tier | null = null,
  expiresAt: Date | null = null,
) {
  const { id, secret, text } = newKeyText()
  await createApiKey(
    api.db,
    { id, name: 'test', scopes, tier, expiresAt, hash: hashSecret(secret) },
    'test',
  )
  return { id, text }
}

const ask = (
  path: string,
  credential: string | undefined,
  init: RequestInit = {},
): Promise<TestAnswer> =>
  get(api.url + path, {
    ...init,
    headers: credential === undefined ? {} : { authorization: `Bearer ${credential}` },
  })

function token(claims: object = {}, expires = '5m', alg = 'RS256'): SignJWT {
  return new SignJWT({ tier: 'pro', ...claims })
    .setProtectedHeader({ alg, kid: 'one' })
    .setSubject('somebody')
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(expires)
}

describe('tiers', () => {
  it.each([
    ['nobody', async () => undefined, false],
    ['a key without a tier', async () => (await makeKey(['read'])).text, false],
    ['a free key', async () => (await makeKey(['read'], 'free')).text, false],
    ['a pro key', async () => (await makeKey(['read'], 'pro')).text, true],
    ['a pro token', async () => token().sign(signing.privateKey), true],
    ['a token without a tier', async () => token({ tier: 'gold' }).sign(signing.privateKey), false],
    ['the bootstrap key', async () => adminKey, true],
  ])('%s sees what its tier has, in every route', async (_who, credential, sees) => {
    const text = await credential()
    for (const path of [
      '/api/v1/models',
      '/api/v1/models?search=secretive',
      '/api/v1/providers/acme/models',
    ])
      expect((await ask(path, text)).body.includes('acme/pro-only')).toBe(sees)
    expect((await ask('/api/v1/models/acme/pro-only', text)).status).toBe(sees ? 200 : 404)
    // What one caller got is not what the next one gets.
    expect((await ask('/api/v1/models', undefined)).body).not.toContain('pro-only')
  })

  it('a keyed answer may be kept by its caller only', async () => {
    const { text } = await makeKey(['read'])
    const response = await fetch(`${api.url}/api/v1/models`, { headers: { 'x-api-key': text } })
    expect(response.headers.get('cache-control')).toMatch(/^private,/)
    expect(response.headers.get('vary')).toMatch(/authorization/)
  })
})

describe('a key', () => {
  it('is stored as a hash, and its use is noted', async () => {
    const { id, text } = await makeKey(['read'])
    await ask('/api/v1/models', text)
    await expect
      .poll(async () => (await listApiKeys(api.db)).find((key) => key.id === id)?.lastUsedAt)
      .toBeInstanceOf(Date)
    const rows = JSON.stringify(await api.db.apiKey.findMany())
    expect(rows).not.toContain(text.split('_')[2])
  })

  it('that is revoked is refused within seconds, and its event streams end', async () => {
    const { id, text } = await makeKey(['read'])
    const events = `${api.url}/api/v1/events`
    const stream = await openEvents(events, { 'x-api-key': text })
    const others = await openEvents(events, { 'x-api-key': adminKey })
    expect((await ask('/api/v1/models', text)).status).toBe(200)
    await revokeApiKey(api.db, id, 'test')
    await expect.poll(stream.isEnded, { timeout: 20_000 }).toBe(true)
    expect(others.isEnded()).toBe(false)
    others.close()
    await expect
      .poll(async () => (await ask('/api/v1/models', text)).status, {
        timeout: 15_000,
        interval: 500,
      })
      .toBe(401)
  })

  it.each([
    ['wrong', async () => newKeyText().text],
    ['of another kind', async () => 'sk-1234567890'],
    ['expired', async () => (await makeKey(['read'], null, new Date(Date.now() - 1000))).text],
    [
      'right but for its secret',
      async () => {
        const { id } = await makeKey(['read'])
        return `plb_${id}_${newKeyText().secret}`
      },
    ],
  ])('that is %s is a 401 with a challenge', async (_case, credential) => {
    const text = await credential()
    const response = await fetch(`${api.url}/api/v1/models`, {
      headers: { authorization: `Bearer ${text}` },
    })
    const body = await response.text()
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('Bearer')
    expect(JSON.parse(body)).toMatchObject({ type: 'urn:plumbline:error:unauthenticated' })
    expect(body).not.toContain(text)
    expect(api.logged()).not.toContain(text)
  })

  it('does what its scopes allow, and the answer says which one is missing', async () => {
    const post = { method: 'POST' }
    const reader = (await makeKey(['read'])).text
    const refresher = (await makeKey(['refresh'])).text
    expect(await ask('/refreshing', reader, post)).toMatchObject({
      status: 403,
      json: {
        code: 'forbidden',
        detail: 'The scope "refresh" is needed here.',
        requiredScope: 'refresh',
      },
    })
    expect((await ask('/refreshing', refresher, post)).status).toBe(200)
    expect((await ask('/administering', refresher, post)).status).toBe(403)
    expect((await ask('/api/v1/models', refresher)).status).toBe(403)
    expect((await ask('/administering', adminKey, post)).status).toBe(200)
    expect((await ask('/refreshing', undefined, post)).status).toBe(401)
  })
})

describe('while keys cannot be read', () => {
  it('one that is in use goes on working, and one that nobody knows is not called wrong', async () => {
    const [used, other] = [(await makeKey(['read'])).text, (await makeKey(['read'])).text]
    expect((await ask('/api/v1/models', used)).status).toBe(200)
    let release: (() => void) | undefined
    const locked = new Promise<void>((resolve) => (release = resolve))
    const held = Promise.withResolvers<void>()
    const holding = api.db.$transaction(
      async (tx) => {
        await tx.$executeRaw`LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE`
        held.resolve()
        await locked
      },
      { timeout: 60_000 },
    )
    await held.promise
    const statuses = new Set<number>()
    // Longer than anything is believed without having been read again.
    for (const until = Date.now() + 7000; Date.now() < until;) {
      statuses.add((await ask('/api/v1/models', used)).status)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const unknown = await ask('/api/v1/models', other)
    release?.()
    await holding
    expect(statuses).toEqual(new Set([200]))
    expect(unknown).toMatchObject({ status: 503, json: { code: 'database_unavailable' } })
    await expect.poll(async () => (await ask('/api/v1/models', other)).status).toBe(200)
  })
})

describe('a token', () => {
  it.each([
    ['expired', async () => token({}, '-1m').sign(signing.privateKey)],
    [
      'of another issuer',
      async () => token().setIssuer('https://other.test').sign(signing.privateKey),
    ],
    ['for somebody else', async () => token().setAudience('other').sign(signing.privateKey)],
    [
      'signed by somebody else',
      async () => token().sign((await generateKeyPair('RS256')).privateKey),
    ],
    [
      'signed with the public key as a secret',
      async () => {
        const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(signing.publicKey)))
        return token({}, '5m', 'HS256').sign(secret)
      },
    ],
    [
      'not signed at all',
      async () => {
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
        const claims = { sub: 'x', iss: issuer, aud: audience, exp: 4_000_000_000, tier: 'pro' }
        return `${part({ alg: 'none' })}.${part(claims)}.`
      },
    ],
    [
      'changed',
      async () => {
        const [head, , signature] = (await token().sign(signing.privateKey)).split('.')
        const claims = { sub: 'x', iss: issuer, aud: audience, exp: 4_000_000_000, scope: 'admin' }
        return `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`
      },
    ],
  ])('that is %s is a 401', async (_case, make) => {
    expect(await ask('/api/v1/models', await make())).toMatchObject({
      status: 401,
      json: { code: 'unauthenticated' },
    })
  })
})

describe('where the keys of the issuer cannot be read', () => {
  it('a token is a 503 that says to try again, and keys go on working', async () => {
    const other = await openApi([], {
      access: { jwtIssuer: issuer, jwtAudience: audience, jwtJwksUrl: 'http://127.0.0.1:9/' },
    })
    try {
      const bearer = `Bearer ${await token().sign(signing.privateKey)}`
      const headers = { authorization: bearer }
      expect(await get(`${other.url}/api/v1/models`, { headers })).toMatchObject({
        status: 503,
        json: { code: 'identity_unavailable' },
      })
    } finally {
      await other.close()
    }
  })
})

describe('closed reading', () => {
  let closed: TestApi
  let keyed: Record<string, string>
  beforeAll(async () => {
    closed = await openApi([{ provider: 'acme', id: 'open', name: 'Open' }], {
      access: { apiPublicRead: false, adminApiKey: adminKey },
    })
    keyed = { 'x-api-key': adminKey }
  })
  afterAll(() => closed.close())

  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(closed.url + path, { headers })

  it('asks everybody for a key on every path, but for the probes and metrics', async () => {
    const { paths } = z
      .object({ paths: z.record(z.string(), z.unknown()) })
      .parse(await (await ask('/openapi.json', keyed)).json())
    const all = ['/openapi.json', '/docs/', '/docs/js/scalar.js', '/nothing', ...Object.keys(paths)]
    const open = new Set(['/livez', '/readyz', '/metrics'])
    for (const path of all.map((pattern) => pattern.replaceAll(/\{.+?\}/g, 'acme'))) {
      const response = await ask(path)
      expect([path, response.status]).toEqual([path, open.has(path) ? 200 : 401])
    }
    const { status, headers } = await ask('/api/v1/models')
    expect({ status, challenge: headers.get('www-authenticate') }).toEqual({
      status: 401,
      challenge: 'Bearer realm="plumbline", scope="read"',
    })
  })

  it('gives nobody what was given to a key before', async () => {
    for (const path of ['/api/v1/models', '/api.json', '/openapi.json'])
      for (let round = 0; round < 3; round++) {
        const answer = await ask(path, keyed)
        expect([path, answer.status]).toEqual([path, 200])
        expect(answer.headers.get('cache-control')).toMatch(/^private,/)
        expect(answer.headers.get('vary')).toMatch(/authorization, x-api-key/)
        const etag = answer.headers.get('etag') ?? '*'
        expect((await ask(path, { 'if-none-match': etag })).status).toBe(401)
      }
  })

  it('lets a browser ask what it may send', async () => {
    const response = await fetch(`${closed.url}/api/v1/models`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://example.org',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization')
    expect(response.headers.get('access-control-allow-methods')).not.toMatch(/PATCH|PUT|DELETE/)
  })
})

describe('an answer that was sent before', () => {
  it('is private to who shows a key and public to who shows none, in whatever order they ask', async () => {
    const { text } = await makeKey(['read'])
    const path = `${api.url}/api/v1/models?provider=acme`
    for (let round = 0; round < 3; round++) {
      const nobody = await fetch(path)
      expect(nobody.headers.get('cache-control')).toMatch(/^public,/)
      const somebody = await fetch(path, { headers: { 'x-api-key': text } })
      expect(somebody.headers.get('cache-control')).toMatch(/^private,/)
      expect(await somebody.text()).toBe(await nobody.text())
    }
  })
})

describe('a refusal', () => {
  it('has the headers that a browser needs to show it, and that protect it', async () => {
    const response = await fetch(`${api.url}/api/v1/models`, {
      headers: { 'x-api-key': 'wrong', origin: 'https://example.org' },
    })
    expect(response.status).toBe(401)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
  })
})

describe('limits', () => {
  let limited: TestApi
  beforeAll(async () => {
    limited = await openApi([{ provider: 'acme', id: 'open', name: 'Open' }], {
      access: {
        apiRateLimit: 5,
        apiKeyRateLimit: 8,
        adminApiKey: adminKey,
        trustProxy: ['127.0.0.1'],
      },
    })
  })
  afterAll(() => limited.close())

  const from = (address: string, extra: Record<string, string> = {}) =>
    fetch(`${limited.url}/api/v1/models`, { headers: { 'x-forwarded-for': address, ...extra } })

  /** Asks until it is refused; a minute may begin meanwhile, then that takes longer. */
  async function exhaust(send: () => Promise<Response>): Promise<{ sent: number; last: Response }> {
    for (let sent = 1; ; sent++) {
      const last = await send()
      if (last.status === 429 || sent === 40) return { sent, last }
    }
  }

  it('count per address, cached answers too, and say when to come back', async () => {
    const first = await from('203.0.113.1')
    expect(first.headers.get('ratelimit-limit')).toBe('5')
    expect(first.headers.get('ratelimit-remaining')).toBe('4')
    expect(Number(first.headers.get('ratelimit-reset'))).toBeGreaterThan(0)
    const { sent, last } = await exhaust(() => from('203.0.113.1'))
    expect(sent).toBeLessThanOrEqual(11)
    const waitSeconds = Number(last.headers.get('retry-after'))
    expect(waitSeconds).toBeGreaterThan(0)
    expect(waitSeconds).toBeLessThanOrEqual(60)
    expect(last.headers.get('ratelimit-remaining')).toBe('0')
    expect(await last.json()).toMatchObject({
      type: 'urn:plumbline:error:rate_limited',
      status: 429,
      retryAfterSeconds: waitSeconds,
    })
    expect((await from('203.0.113.2')).status).toBe(200)
    expect((await limited.get('/livez')).status).toBe(200)
  })

  it('and refusals are a metric', async () => {
    expect((await from('203.0.113.4', { 'x-api-key': 'wrong' })).status).toBe(401)
    const samples = await limited.scrape()
    for (const code of ['unauthenticated', 'rate_limited'])
      expect(samples.get(`plumbline_api_refusals_total{code="${code}"}`)).toBeGreaterThan(0)
  })

  it('count per key, wherever it is used', async () => {
    const key = { authorization: `Bearer ${adminKey}` }
    const first = await from('203.0.113.3', key)
    expect(first.headers.get('ratelimit-limit')).toBe('8')
    let host = 0
    expect((await exhaust(() => from(`203.0.113.${100 + host++}`, key))).last.status).toBe(429)
  })

  it('count a network of IPv6 as one caller', async () => {
    let host = 0
    const { last } = await exhaust(() => from(`2001:db8:1:2::${++host}`))
    expect(last.status).toBe(429)
    expect((await from('2001:db8:1:3::1')).status).toBe(200)
  })
})

describe('an address behind a proxy', () => {
  const seenAs = async (trustProxy: number | undefined, forwarded: string) => {
    const app = await openApi([], { access: { apiRateLimit: 2, trustProxy } })
    try {
      await awayFromMinuteEnd()
      const ask = () => fetch(`${app.url}/nothing`, { headers: { 'x-forwarded-for': forwarded } })
      for (let sent = 0; sent < 6; sent++) if ((await ask()).status === 429) break
      const other = await fetch(`${app.url}/nothing`, { headers: { 'x-forwarded-for': '::9' } })
      return { isLimitedWith: other.status === 429, log: app.logged() }
    } finally {
      await app.close()
    }
  }

  it('is not believed where no proxy is known, and the log says what may be missing', async () => {
    const { isLimitedWith, log } = await seenAs(undefined, '203.0.113.5')
    expect(isLimitedWith).toBe(true)
    expect(log.match(/set TRUST_PROXY/g)).toHaveLength(1)
  })

  it('is what the last proxy wrote, where one is', async () => {
    const { isLimitedWith } = await seenAs(1, '::9, 203.0.113.5')
    expect(isLimitedWith).toBe(false)
  })
})

describe('wrong keys', () => {
  it('an address that guesses keys is not listened to after a while', async () => {
    const statuses = new Set<number>()
    for (let guess = 0; guess < 45; guess++)
      statuses.add((await ask('/api/v1/models', newKeyText().text)).status)
    expect(statuses).toEqual(new Set([401, 429]))
  })
})
