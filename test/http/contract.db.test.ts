/**
 * The API keeps its word: what /openapi.json says is asked of a catalog of real prices, operation by
 * operation, with the examples that a reader of /docs sees, and what comes back is checked by the
 * schemas there. A path that is documented without an example for what it requires fails here.
 */
import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApiKey, revokeApiKey, type KeyScope } from '../../src/history/api-keys.ts'
import { hashSecret, newKeyText } from '../../src/history/key-text.ts'
import { genaiPrices } from '../../src/upstreams/genai-prices.ts'
import { litellm } from '../../src/upstreams/litellm.ts'
import { openrouter } from '../../src/upstreams/openrouter.ts'
import type { Payload } from '../support/format-source.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'
import { openApi, type TestApi } from './api-fixture.ts'
import {
  examplesOf,
  readDescription,
  urlOf,
  type DocumentedApi,
  type DocumentedOperation,
  type Parameter,
  type Values,
} from './documented-api.ts'
import { get, type TestAnswer } from './http-fixture.ts'

let upstream: UpstreamServer
let api: TestApi
let documented: DocumentedApi

beforeAll(async () => {
  upstream = await startUpstream()
  const payloads = await realPayloads()
  for (const [{ id }, body] of payloads) upstream.answer(`/${id}`, { body })
  api = await openApi([], {
    access: { jwtIssuer: 'https://id.test', jwtAudience: 'plumbline', jwtJwksUrl: upstream.url },
    upstreams: payloads.map(([definition]) => ({
      definition,
      url: `${upstream.url}/${definition.id}`,
    })),
  })
  for (const [{ id }] of payloads) await api.pipeline.refresh(id, { force: true })
  await api.settle()
  documented = readDescription((await api.get('/openapi.json')).json)
}, 120_000)
afterAll(async () => {
  await api.close()
  await upstream.close()
})

/** What comes with the project: some 1,800 models with their prices, and a few with everything else. */
async function realPayloads(): Promise<Payload[]> {
  const fixture = (id: string) =>
    readFileSync(new URL(`../fixtures/upstreams/${id}.json`, import.meta.url), 'utf8')
  return [
    [genaiPrices, (await genaiPrices.offline()).body],
    [litellm, fixture('litellm')],
    [openrouter, fixture('openrouter')],
  ]
}

function ask(operation: DocumentedOperation, url: string, init: RequestInit = {}) {
  const { method, requestBody, path } = operation
  const content = requestBody?.content['application/json']
  const json = { 'content-type': 'application/json' }
  const [example] = documented.examples.flatMap(([name, one]) =>
    JSON.stringify(content)?.includes(`/${name}"`) ? [one] : [],
  )
  const body = content ? { headers: json, body: JSON.stringify(example) } : {}
  const stream = path === '/api/v1/events' ? { signal: AbortSignal.timeout(5000) } : {}
  return get(api.url + url, { method: method.toUpperCase(), ...body, ...stream, ...init })
}

function operationOf(id: string): DocumentedOperation {
  const found = documented.operations.find(({ operationId }) => operationId === id)
  if (found) return found
  throw new Error(`There is no ${id}.`)
}

const isOthers = (tags: readonly string[]) => tags.includes('formats')

/** Of two parameters one is required, which OpenAPI cannot say. */
const oneOfTwo: Readonly<Record<string, Values>> = { '/api/v1/changes': { since: 0 } }

/** Everything but the event stream, whose answer has no end. */
function operations(): DocumentedOperation[] {
  return documented.operations.filter(({ path }) => path !== '/api/v1/events')
}

/** What is wrong with an answer by the description. */
function misfitOf(operation: DocumentedOperation, { status, type, body }: TestAnswer) {
  const { method, path, responses } = operation
  const code = String(status) in responses ? String(status) : `${String(status).slice(0, 1)}XX`
  const [media = ''] = (type ?? '').split(';')
  if (!Object.hasOwn(responses[code]?.content ?? {}, media)) return `${status} is not ${media}`
  const place = ['paths', path, method, 'responses', code, 'content', media, 'schema']
  return documented.misfit(place, media.endsWith('json') ? JSON.parse(body) : body)
}

describe('the description', () => {
  it('is OpenAPI 3.1', async () => {
    const { json } = await api.get('/openapi.json')
    const validator = new Validator()
    expect(await validator.validate(json)).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  it('names every parameter of a path, and every operation once', () => {
    for (const { path, parameters } of documented.operations)
      expect(
        parameters.flatMap(({ name, in: place }) => (place === 'path' ? [`{${name}}`] : [])),
      ).toEqual(path.match(/\{[^}]*\}/g) ?? [])
    const ids = documented.operations.map(({ operationId }) => operationId)
    expect(ids).toEqual([...new Set(ids)])
    expect(ids.length).toBeGreaterThan(40)
  })

  it('has no bounds that are those of every integer, and nothing that is used by nobody', async () => {
    const { body } = await api.get('/openapi.json')
    expect(body).not.toContain(String(Number.MAX_SAFE_INTEGER))
    expect(body).not.toMatch(/"(sent|samples)":|Default Response/)
    for (const name of body.matchAll(/"#\/components\/schemas\/(\w+)"/g))
      expect(body).toContain(`"${name[1]}":`)
  })

  it('has an example of everything that a call requires', () => {
    const required = documented.operations.flatMap(({ name, parameters }) =>
      parameters.filter((one) => one.required).map((one) => ({ ...one, of: name })),
    )
    expect(required.length).toBeGreaterThan(15)
    expect(required.filter(({ example }) => example === undefined)).toEqual([])
  })

  it('has examples that fit their schemas', () => {
    const shown = documented.examples.map(([name, example]) => [
      name,
      documented.misfit(['components', 'schemas', name], example),
    ])
    expect(shown.length).toBeGreaterThan(5)
    expect(shown.filter(([, misfit]) => misfit !== undefined)).toEqual([])
  })
})

describe('every documented operation', () => {
  it.each(['required', 'all'] as const)(
    'answers its examples (%s) in the documented shape',
    async (which) => {
      for (const operation of operations()) {
        const url = urlOf(operation, {
          ...oneOfTwo[operation.path],
          ...examplesOf(operation, which),
        })
        const answer = await ask(operation, url)
        expect([url, answer.status, misfitOf(operation, answer)]).toEqual([url, 200, undefined])
      }
    },
  )

  it('that says 304 is of one version, and answers so to who has it', async () => {
    const validated = operations().filter(({ responses }) => '304' in responses)
    expect(validated.length).toBeGreaterThan(35)
    for (const operation of validated) {
      const path = urlOf(operation, {
        ...oneOfTwo[operation.path],
        ...examplesOf(operation, 'required'),
      })
      const { headers, body } = await fetch(api.url + path)
      await body?.cancel()
      const etag = headers.get('etag') ?? ''
      const version = String(api.context.watch.version)
      expect([path, etag, headers.get('x-catalog-version')]).toEqual([
        path,
        expect.stringMatching(/^"[\w-]+"$/),
        version,
      ])
      const again = await fetch(api.url + path, { headers: { 'if-none-match': etag } })
      expect([path, again.status, await again.text()]).toEqual([path, 304, ''])
      const head = await fetch(api.url + path, { method: 'HEAD' })
      expect([path, head.status, head.headers.get('etag')]).toEqual([path, 200, etag])
    }
  })

  it('is a stream of events, or ends', async () => {
    const ended = new AbortController()
    const { headers, body } = await fetch(`${api.url}/api/v1/events?since=0&provider=openai`, {
      signal: ended.signal,
    })
    expect(headers.get('content-type')).toMatch(/^text\/event-stream/)
    let text = ''
    for await (const chunk of body ?? []) {
      text += Buffer.from(chunk).toString()
      if (text.includes('\nevent: plumbline.catalog.changed\n')) break
    }
    ended.abort()
    expect(text).toMatch(/^retry: \d+\n\n/)
  })
})

describe('lists', () => {
  it.each([
    ['getModels', 'limit=1000&lifecycle=active,deprecated,missing,retired', 'cursor'],
    ['getChanges', 'since=0&limit=1000', 'next'],
    ['getConflicts', 'limit=1000', 'next'],
  ])('%s has the documented shape to its last page', async (id, query, parameter) => {
    const operation = operationOf(id)
    const { path } = operation
    let url: string | undefined = `${path}?${query}`
    let pages = 0
    while (url !== undefined) {
      const answer: TestAnswer = await ask(operation, url)
      expect([url, answer.status, misfitOf(operation, answer)]).toEqual([url, 200, undefined])
      pages += 1
      const next: unknown = answer.json['next']
      url = typeof next === 'string' ? `${path}?${query}&${parameter}=${next}` : undefined
    }
    expect(pages).toBeGreaterThan(0)
  })
})

/** What is wrong with an answer that should be a problem as it is documented, and give nothing away. */
function flawOf(operation: DocumentedOperation, answer: TestAnswer): string | undefined {
  const { type, body, json } = answer
  if (type !== 'application/problem+json; charset=utf-8') return `it is ${type}`
  const stable = [`urn:plumbline:error:${String(json['code'])}`, 'about:blank']
  if (!stable.includes(String(json['type']))) return `its type is ${String(json['type'])}`
  const leak = /\bat .*\.[jt]s:\d|node_modules|\bSELECT\b|prisma/i.exec(body)
  return leak ? `it tells ${leak[0]}` : misfitOf(operation, answer)
}

const Errors = z.array(z.object({ field: z.string(), message: z.string().min(1) }).loose())

/** A call that is good but for these values: how it is refused. */
async function refusalOf(operation: DocumentedOperation, values: Values) {
  const url = urlOf(operation, {
    ...oneOfTwo[operation.path],
    ...examplesOf(operation, 'required'),
    ...values,
  })
  const answer = await ask(operation, url)
  const errors = Errors.catch([]).parse(answer.json['errors'])
  const { status, json } = answer
  return {
    told: {
      url,
      status,
      type: json['type'],
      flaw: flawOf(operation, answer),
      field: errors[0]?.field,
    },
    allowed: JSON.stringify(errors),
  }
}

function refused(field: unknown) {
  const type = 'urn:plumbline:error:invalid_argument'
  return { url: expect.anything(), status: 400, type, flaw: undefined, field }
}

function parametersWhere(isMeant: (parameter: Parameter) => boolean) {
  const found = documented.operations.flatMap((operation) =>
    operation.parameters
      .filter((parameter) => isMeant(parameter))
      .map((parameter) => ({ operation, parameter })),
  )
  expect(found.length).toBeGreaterThan(5)
  return found
}

describe('a wrong parameter', () => {
  it('that nobody has documented is refused by its name', async () => {
    const ours = operations().filter(({ tags, method }) => method === 'get' && !isOthers(tags))
    expect(ours.length).toBeGreaterThan(15)
    for (const operation of ours)
      expect((await refusalOf(operation, { colour: 'red' })).told).toEqual(refused('colour'))
  })

  it('that only other tools know is not looked at where they call', async () => {
    const theirs = operations().filter(({ tags }) => isOthers(tags))
    expect(theirs.length).toBeGreaterThan(15)
    for (const operation of theirs) {
      const url = urlOf(operation, { ...examplesOf(operation, 'required'), colour: 'red' })
      expect([url, (await ask(operation, url)).status]).toEqual([url, 200])
    }
  })

  it('that is no whole number, or out of its bounds, is refused with the bounds', async () => {
    for (const { operation, parameter } of parametersWhere(
      ({ schema }) => schema.type === 'integer',
    )) {
      const { name, schema } = parameter
      const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema
      for (const wrong of ['x', '1.5', '', minimum - 1, `${maximum}0`]) {
        const { told, allowed } = await refusalOf(operation, { [name]: wrong })
        expect(told).toEqual(refused(name))
        expect(allowed).toContain(`from ${minimum} to ${maximum}`)
      }
    }
  })

  it('that is none of the words is refused with those that are', async () => {
    const wordsOf = ({ schema }: Parameter) => schema.enum ?? schema.items?.enum ?? []
    const worded = parametersWhere((parameter) => wordsOf(parameter).length > 0)
    for (const { operation, parameter } of worded) {
      const { told, allowed } = await refusalOf(operation, { [parameter.name]: 'nonsense' })
      expect(told).toEqual(refused(expect.stringMatching(`^${parameter.name}`)))
      for (const word of wordsOf(parameter)) expect(allowed).toContain(`"${word}"`)
    }
  })

  it('that comes twice where one is taken is refused', async () => {
    const single = ({ in: place, schema }: Parameter) =>
      place === 'query' && schema.type !== 'array'
    for (const { operation, parameter } of parametersWhere(single)) {
      const { name, example = 'openai' } = parameter
      const { told } = await refusalOf(operation, { [name]: [example, example] })
      expect(told).toEqual(refused(name))
    }
  })

  const characters = [`'"\\`, '%_', '((&|!:*', ';--,', '\n\u0001', '🦜']
  const numbers = ['NaN', '1e999', '1e-999', '9'.repeat(40), '9007199254740991', '0x10', '１２']
  const moments = ['0000-01-01', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00']
  const words = ['__proto__', '999999999999999.999999999999999', 'x'.repeat(499)]
  it('that is awkward is taken or refused, and breaks nothing', async () => {
    const ours = parametersWhere(({ schema }) => !schema.enum)
    for (const { operation, parameter } of ours.filter((one) =>
      operations().includes(one.operation),
    ))
      for (const value of [...characters, ...numbers, ...moments, ...words]) {
        const { told } = await refusalOf(operation, { [parameter.name]: value })
        expect([told.url, [200, 400, 404, 409, 410]]).toEqual([
          told.url,
          expect.arrayContaining([told.status]),
        ])
      }
  }, 60_000)

  it('as an id that is not there is a 404', async () => {
    const ids = parametersWhere(({ in: place, schema }) => place === 'path' && !schema.enum)
    for (const { operation, parameter } of ids) {
      // A picture is drawn for whatever id.
      if (operation.path.startsWith('/logos')) continue
      const absent = parameter.name === 'file' ? 'nobody.json' : 'nobody/nothing'
      const { told } = await refusalOf(operation, { [parameter.name]: absent })
      const type = 'urn:plumbline:error:not_found'
      expect(told).toEqual({ url: told.url, status: 404, type, flaw: undefined, field: undefined })
    }
  })

  const ids = (count: number) => Array.from({ length: count }, (_, index) => `openai/gpt-${index}`)
  it.each([
    ['getModelsCompare', 'ids', ids(1), '2 to 10'],
    ['getModelsCompare', 'ids', ids(11), '2 to 10'],
    ['getModelsBatch', 'id', ids(101), 'at most 100'],
    ['getModels', 'limit', 1001, '1000'],
    ['getModels', 'cursor', 'made-up', 'malformed'],
    ['getModels', 'max_input_price', '-1', 'decimal'],
    ['getChanges', 'next', 'made-up', 'no cursor'],
    ['getModelsByIdPrices', 'at', 'yesterday', 'YYYY-MM-DD'],
    ['getEvents', 'since', '-1', 'whole number'],
  ])('%s with %s = %j is refused with what is allowed', async (id, name, value, allowed) => {
    const refusal = await refusalOf(operationOf(id), { [name]: value })
    expect(refusal.told).toEqual(refused(name))
    expect(refusal.allowed).toContain(allowed)
  })
})

describe('a wrong body', () => {
  const cost = (body: string, contentType = 'application/json') =>
    get(`${api.url}/api/v1/cost`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    })

  const of = (rest: string) => `{"model": "openai/gpt-4o"${rest}}`
  it.each([
    ['is broken JSON', '{"model": "openai/gpt-4o", ', 400, 'body'],
    ['is nothing', '', 400, 'body'],
    ['is a list', '[]', 400, 'body'],
    ['lacks what is required', of(''), 400, 'usage'],
    ['has what nobody knows', of(', "usage": {"input": 1}, "x": 1'), 400, 'x'],
    ['has a wrong type', of(', "usage": {"input": true}'), 400, 'usage.input'],
    ['names an unknown meter', of(', "usage": {"words": 1}'), 400, 'usage.words'],
    ['names a mode without a price', of(', "usage": {"input": 1}, "mode": "x"'), 400, 'mode'],
    ['is over the limit', JSON.stringify('x'.repeat(70_000)), 413, 'body'],
  ])('that %s says so', async (_what, text, status, field) => {
    const answer = await cost(text)
    expect(flawOf(operationOf('postCost'), answer)).toBeUndefined()
    const errors = expect.arrayContaining([expect.objectContaining({ field })])
    expect(answer).toMatchObject({ status, json: { errors } })
  })

  it('of another type is refused with the type that is taken', async () => {
    expect(await cost('<a/>', 'application/xml')).toMatchObject({
      status: 415,
      json: { errors: [{ field: 'content-type', allowed: ['application/json'] }] },
    })
  })
})

describe('a credential that is not good', () => {
  async function makeKey(scopes: KeyScope[], expiresAt: Date | null = null) {
    const { id, secret, text } = newKeyText()
    const hash = hashSecret(secret)
    await createApiKey(api.db, { id, name: 'test', scopes, tier: null, expiresAt, hash }, 'test')
    return { id, text }
  }
  const jwt = (alg: string, signature: string) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = { iss: 'https://id.test', aud: 'plumbline', sub: 'me', exp: 4_000_000_000 }
    return `${part({ alg, kid: 'one' })}.${part(claims)}.${signature}`
  }

  it.each([
    ['unknown', 401, async () => newKeyText().text],
    ['expired', 401, async () => (await makeKey(['read'], new Date(0))).text],
    [
      'revoked',
      401,
      async () => {
        const { id, text } = await makeKey(['read'])
        await revokeApiKey(api.db, id, 'test')
        return text
      },
    ],
    ['unsigned', 401, async () => jwt('none', '')],
    ['signed with a shared secret', 401, async () => jwt('HS256', 'c2VjcmV0')],
    ['without the scope', 403, async () => (await makeKey(['refresh'])).text],
  ])('(%s) is a problem on every path that is not free', async (_what, status, credential) => {
    const text = await credential()
    const bearer = { authorization: `Bearer ${text}` }
    for (const operation of operations()) {
      const url = urlOf(operation, {
        ...oneOfTwo[operation.path],
        ...examplesOf(operation, 'required'),
      })
      const init = { method: operation.method.toUpperCase(), headers: bearer }
      const answer = await get(api.url + url, init)
      expect([url, answer.status, flawOf(operation, answer)]).toEqual([url, status, undefined])
      expect(answer.body).not.toContain(text)
    }
  })

  it('of somebody else is a 401, but where other tools send the keys that they have', async () => {
    const headers = { 'x-api-key': 'sk-1234567890' }
    expect((await get(`${api.url}/api/v1/models`, { headers })).status).toBe(401)
    expect((await get(`${api.url}/v1/models`, { headers })).status).toBe(200)
  })
})
