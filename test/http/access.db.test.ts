import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Tier } from '../../src/catalog/model.ts'
import {
  createApiKey,
  listApiKeys,
  revokeApiKey,
  type KeyScope,
} from '../../src/history/api-keys.ts'
import { hashSecret, newKeyText } from '../../src/history/key-text.ts'
import { openApi, type TestApi } from './api-fixture.ts'
import { get, type TestAnswer } from './http-fixture.ts'

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

  it('that is revoked is refused within seconds', async () => {
    const { id, text } = await makeKey(['read'])
    expect((await ask('/api/v1/models', text)).status).toBe(200)
    await revokeApiKey(api.db, id, 'test')
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
      json: { code: 'forbidden', detail: 'The scope "refresh" is needed here.' },
    })
    expect((await ask('/refreshing', refresher, post)).status).toBe(200)
    expect((await ask('/administering', refresher, post)).status).toBe(403)
    expect((await ask('/api/v1/models', refresher)).status).toBe(403)
    expect((await ask('/administering', adminKey, post)).status).toBe(200)
    expect((await ask('/refreshing', undefined, post)).status).toBe(401)
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
  it('asks everybody for a key, but for the probes', async () => {
    const closed = await openApi([{ provider: 'acme', id: 'open', name: 'Open' }], {
      access: { apiPublicRead: false, adminApiKey: adminKey },
    })
    try {
      for (const path of [
        '/api/v1/models',
        '/api/v1/models/acme/open',
        '/openapi.json',
        '/api/v1/changes?since=0',
      ])
        expect({ path, status: (await closed.get(path)).status }).toEqual({ path, status: 401 })
      for (const path of ['/livez', '/metrics']) expect((await closed.get(path)).status).toBe(200)
      const headers = { authorization: `Bearer ${adminKey}` }
      expect((await get(`${closed.url}/api/v1/models`, { headers })).status).toBe(200)
    } finally {
      await closed.close()
    }
  })
})

describe('limits', () => {
  it('count per address and per key, cached answers too, and say when to come back', async () => {
    const limited = await openApi([{ provider: 'acme', id: 'open', name: 'Open' }], {
      access: {
        apiRateLimit: 5,
        apiKeyRateLimit: 8,
        adminApiKey: adminKey,
        trustProxy: ['127.0.0.1'],
      },
    })
    try {
      const from = (address: string, extra: Record<string, string> = {}) =>
        fetch(`${limited.url}/api/v1/models`, { headers: { 'x-forwarded-for': address, ...extra } })
      const statuses = async (count: number, send: () => Promise<Response>) => {
        const seen: number[] = []
        for (let request = 0; request < count; request++) seen.push((await send()).status)
        return seen
      }
      const first = await from('203.0.113.1')
      expect(first.headers.get('ratelimit-limit')).toBe('5')
      expect(first.headers.get('ratelimit-remaining')).toBe('4')
      const rest = await statuses(6, () => from('203.0.113.1'))
      // A minute may have begun meanwhile: then there are some more.
      expect(rest).toContain(429)
      const refused = rest.includes(429) ? await from('203.0.113.1') : first
      expect(Number(refused.headers.get('ratelimit-reset'))).toBeGreaterThan(0)
      expect((await from('203.0.113.2')).status).toBe(200)
      const admin = { authorization: `Bearer ${adminKey}` }
      expect((await from('203.0.113.1', admin)).headers.get('ratelimit-limit')).toBe('8')
      expect((await limited.get('/livez')).status).toBe(200)
      expect(
        (await statuses(12, () => from('203.0.113.9', admin))).filter((status) => status === 429)
          .length,
      ).toBeGreaterThan(0)
    } finally {
      await limited.close()
    }
  })

  it('an address that guesses keys is not listened to after a while', async () => {
    const statuses = new Set<number>()
    for (let guess = 0; guess < 45; guess++)
      statuses.add((await ask('/api/v1/models', newKeyText().text)).status)
    expect(statuses).toEqual(new Set([401, 429]))
  })
})
