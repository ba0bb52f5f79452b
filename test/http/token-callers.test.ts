import { createServer, type Server } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTokenCallers, type TokenCallers } from '../../src/http/access/token-callers.ts'

const trusted = { issuer: 'https://id.test', audience: 'plumbline', tierClaim: 'tier' }

interface KeyPair {
  privateKey: CryptoKey
  publicKey: CryptoKey
}

let [first, second]: KeyPair[] = []
beforeAll(async () => {
  first = await generateKeyPair('ES256')
  second = await generateKeyPair('ES256')
})

let server: IssuerServer | undefined
afterEach(async () => {
  vi.useRealTimers()
  await server?.stop()
  server = undefined
})

interface IssuerServer {
  url: string
  requests: () => number
  /** What it lists from now on, by `kid`. */
  list: (keys: Record<string, KeyPair>) => Promise<void>
  answer: (status: number, body: string) => void
  stop: () => Promise<void>
}

async function startIssuer(keys: Record<string, KeyPair>): Promise<IssuerServer> {
  let [status, body, requests] = [200, '', 0]
  const http: Server = createServer((_request, response) => {
    requests += 1
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const issuer: IssuerServer = {
    url: `http://127.0.0.1:${address.port}/keys`,
    requests: () => requests,
    async list(listed) {
      const jwks = Object.entries(listed).map(async ([kid, { publicKey }]) => ({
        ...(await exportJWK(publicKey)),
        kid,
        alg: 'ES256',
      }))
      body = JSON.stringify({ keys: await Promise.all(jwks) })
    },
    answer: (...next) => ([status, body] = next),
    stop: async () => {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
  await issuer.list(keys)
  return (server = issuer)
}

function open({ url }: IssuerServer): TokenCallers {
  const outage = { failed: () => undefined, recovered: () => undefined }
  return createTokenCallers({ ...trusted, jwksUrl: url, outage })
}

async function sign(pair: KeyPair | undefined, kid: string, claims: object = {}): Promise<string> {
  if (!pair) throw new Error('no key')
  const exp = Math.floor(Date.now() / 1000) + 300
  return new SignJWT({ sub: 'somebody', exp, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid })
    .setIssuer(trusted.issuer)
    .setAudience(trusted.audience)
    .sign(pair.privateKey)
}

function both(): { first: KeyPair; second: KeyPair } {
  if (!first || !second) throw new Error('no keys')
  return { first, second }
}

const unavailable = { code: 'identity_unavailable', retryable: true }

describe('while the server of the issuer is away', () => {
  it('tokens of known keys go on working, others are not said to be wrong', async () => {
    const keys = both()
    const issuer = await startIssuer({ one: keys.first })
    const tokens = open(issuer)
    await tokens.find(await sign(first, 'one'))
    await issuer.stop()
    expect(await tokens.find(await sign(first, 'one', { tier: 'pro' }))).toMatchObject({
      tier: 'pro',
    })
    const unknown = await sign(second, 'two')
    // Right after a successful look the key is known to be none.
    await expect
      .poll(() => tokens.find(unknown).catch((error: unknown) => error), { timeout: 10_000 })
      .toMatchObject(unavailable)
  })

  it('and was never there, no token can be judged', async () => {
    const issuer = await startIssuer({})
    await issuer.stop()
    await expect(open(issuer).find(await sign(first, 'one'))).rejects.toMatchObject(unavailable)
  })

  it.each([
    [500, 'broken'],
    [200, '<html>'],
    [200, '{"keys":1}'],
  ])('or answers %i with %s, it is not the fault of the token', async (status, body) => {
    const issuer = await startIssuer({})
    issuer.answer(status, body)
    await expect(open(issuer).find(await sign(first, 'one'))).rejects.toMatchObject(unavailable)
  })
})

describe('the keys of the issuer', () => {
  it('are read again when a token names one that is new, and not for every guess', async () => {
    const keys = both()
    const issuer = await startIssuer({ one: keys.first })
    const tokens = open(issuer)
    await tokens.find(await sign(first, 'one'))
    await issuer.list({ one: keys.first, two: keys.second })
    const rotated = await sign(second, 'two')
    await expect
      .poll(() => tokens.find(rotated).catch(() => undefined), { timeout: 10_000 })
      .toMatchObject({ name: 'token:somebody' })
    const before = issuer.requests()
    const guesses = Array.from({ length: 50 }, async (_, index) =>
      tokens.find(await sign(second, `guess-${index}`)).catch((error: unknown) => error),
    )
    for (const error of await Promise.all(guesses))
      expect(error).toMatchObject({ code: 'unauthenticated' })
    expect(issuer.requests() - before).toBeLessThan(25)
  })
})

describe('a token', () => {
  it('is checked once a minute, not at every request', async () => {
    const tokens = open(await startIssuer({ one: both().first }))
    const token = await sign(first, 'one')
    expect(tokens.known(token)).toBeUndefined()
    const caller = await tokens.find(token)
    expect(tokens.known(token)).toBe(caller)
    expect(tokens.known(await sign(first, 'one', { tier: 'pro' }))).toBeUndefined()
  })

  it('that has expired is not known any more', async () => {
    const tokens = open(await startIssuer({ one: both().first }))
    vi.useFakeTimers({ toFake: ['Date'] })
    const token = await sign(first, 'one', { exp: Math.floor(Date.now() / 1000) + 30 })
    await tokens.find(token)
    vi.setSystemTime(Date.now() + 34_000)
    expect(tokens.known(token)).toBeDefined()
    vi.setSystemTime(Date.now() + 2000)
    expect(tokens.known(token)).toBeUndefined()
    await expect(tokens.find(token)).rejects.toMatchObject({ message: 'The token has expired.' })
  })

  it.each([
    [{ nbf: Math.floor(Date.now() / 1000) + 600 }, 'nbf'],
    [{ sub: undefined }, 'sub'],
  ])('with %j is refused, and the claim is named', async (claims, named) => {
    const tokens = open(await startIssuer({ one: both().first }))
    await expect(tokens.find(await sign(first, 'one', claims))).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining(named),
    })
  })

  it.each([
    ['read refresh', ['read', 'refresh']],
    [['admin'], ['admin']],
    ['openid profile', ['read']],
    [undefined, ['read']],
    [7, ['read']],
  ])('with the scope %j may %j', async (scope, expected) => {
    const tokens = open(await startIssuer({ one: both().first }))
    const { scopes } = await tokens.find(await sign(first, 'one', { scope }))
    expect([...scopes]).toEqual(expected)
  })
})
