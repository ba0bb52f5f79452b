/** Whatever stands where an id belongs: what is meant is found, else it is a problem, never a failure of ours. */
import { request, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openApi, type LabModel, type TestApi } from './api-fixture.ts'
import { get } from './http-fixture.ts'
import { readDescription, type DocumentedOperation } from './documented-api.ts'

/** As they are stored. */
const ids = [
  'plain',
  'org/model:free',
  'a/b/c',
  'x@2025-01-01',
  'with space',
  '50%',
  '%2F',
  'a%2Fb',
  'a%20b',
  'a+b',
  'what?#',
  'a&b=c;d',
  '..',
  '../x',
  'a/../b',
  'a//b',
  'a/',
  '.',
  'ünï-コード-🦜',
  'deep/prices',
  'prices',
  'compare',
  '"quoted"',
  "it's",
  '<b>',
  'back\\slash',
  'x'.repeat(200),
]
const models: LabModel[] = ids.map((id) => ({ provider: 'odd', id, name: 'Odd', input: '1' }))

let api: TestApi
/** With an id in their path. */
let withId: DocumentedOperation[]
beforeAll(async () => {
  api = await openApi(models)
  const { operations } = readDescription((await api.get('/openapi.json')).json)
  withId = operations.filter(({ path }) => path.includes('{'))
})
afterAll(() => api.close())

/** As it is written: whoever parses the URL takes out dots and mends what is broken. */
async function ask(path: string) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const { hostname: host, port } = new URL(api.url)
  request({ host, port, path }, resolve).on('error', reject).end()
  const response = await promise
  const body = Buffer.concat(await response.toArray()).toString()
  const { statusCode: status = 0, headers } = response
  return { status, type: headers['content-type'], body }
}

function withText(path: string, text: string): string {
  return path.replaceAll(/\{\w+\}/g, text)
}

describe('an id', () => {
  it.each(ids)('%j is found encoded, on every path of a model', async (id) => {
    const encoded = encodeURIComponent(`odd/${id}`)
    const paths = withId.filter(
      ({ path }) => /models\/\{id\}/.test(path) && !path.includes('providers'),
    )
    expect(paths.length).toBeGreaterThan(6)
    for (const { path } of paths) {
      const { status, body } = await ask(withText(path, encoded))
      expect([path, status]).toEqual([path, 200])
      const found: unknown = JSON.parse(body)
      expect(found).toMatchObject(
        path.startsWith('/openrouter') ? { data: { id: `odd/${id}` } } : { id: `odd/${id}` },
      )
    }
    const portkey = await ask(`/model-configs/pricing/odd/${encodeURIComponent(id)}`)
    expect(portkey.status).toBe(200)
  })

  /** Those that look like another path: they must be sent encoded. */
  const ambiguous = new Set(['deep/prices', 'prices'])
  it.each(ids.filter((id) => !ambiguous.has(id)))(
    '%j is found with its slashes as they are',
    async (id) => {
      const path = id.split('/').map(encodeURIComponent).join('/')
      const { status, body } = await ask(`/api/v1/models/odd/${path}`)
      expect([path, status]).toEqual([path, 200])
      expect(JSON.parse(body)).toMatchObject({ modelId: id })
    },
  )
})

/** As they stand in the URL. `malformed`: it is no text; else nobody has such an id, or it is too short or long for one. */
const wrong: readonly [text: string, told: 'malformed' | 'absent' | 'absent or too long'][] = [
  ['%E0%A4%A', 'malformed'],
  ['%', 'malformed'],
  ['odd%2', 'malformed'],
  ['%zz', 'malformed'],
  ['%FF', 'malformed'],
  // A lone surrogate in UTF-8.
  ['odd%2F%ED%A0%80', 'malformed'],
  ['%00', 'malformed'],
  ['odd%2Fa%00b', 'malformed'],
  ['odd%252Fplain', 'absent'],
  ['odd%25252Fplain', 'absent'],
  ['..', 'absent'],
  ['../..', 'absent'],
  ['%2e%2e', 'absent'],
  ['%2e%2e%2f%2e%2e%2fetc%2fpasswd', 'absent'],
  ['.', 'absent'],
  ['', 'absent or too long'],
  ['/', 'absent'],
  ['//', 'absent'],
  ['odd//plain', 'absent'],
  ['odd%2F', 'absent'],
  ['%2Fplain', 'absent'],
  ['%2F', 'absent'],
  ['%20', 'absent'],
  ['odd/nothing', 'absent'],
  ['odd%3Anothing@1', 'absent'],
  ['odd%2F%0D%0Aset-cookie:x', 'absent'],
  ['odd%2F%27%3B%20DROP%20TABLE%20models%3B--', 'absent'],
  ['%F0%9F%A6%9C', 'absent'],
  ['x'.repeat(1990), 'absent or too long'],
  ['x'.repeat(3000), 'absent or too long'],
]
const statuses = { malformed: [400], absent: [404], 'absent or too long': [400, 404, 414] } as const

describe('what is no id', () => {
  it.each(wrong)('%j is a problem on every path with an id (%s)', async (text, told) => {
    for (const { path } of withId) {
      const { status, type, body } = await ask(withText(path, text))
      // What can be there is a few words, and each that is none is refused.
      const isClosed = /capability|logos/.test(path)
      expect([path, ...(isClosed ? [400, 404, 414] : statuses[told])]).toContain(status)
      expect([path, type]).toEqual([path, 'application/problem+json; charset=utf-8'])
      const problem: unknown = JSON.parse(body)
      expect([path, problem]).toEqual([
        path,
        expect.objectContaining({
          status,
          code: status === 404 ? 'not_found' : 'invalid_argument',
          detail: expect.stringMatching(/\w/),
        }),
      ])
      expect([path, status !== 404]).toEqual([path, body.includes('"errors":[{"field":')])
    }
  })
})

describe('an id elsewhere', () => {
  it.each(ids)('%j is found in a query', async (id) => {
    const encoded = encodeURIComponent(`odd/${id}`)
    const { status, body } = await ask(`/api/v1/models/batch?id=${encoded}&id=odd/plain`)
    expect(status).toBe(200)
    expect(body).toContain(`"modelId":${JSON.stringify(id)}`)
  })

  it.each(['odd/\ud800', 'odd/a\0b', 'odd/', '/x', '///', '../..'])(
    'that none can be is not there: %j in a body',
    async (model) => {
      const answer = await get(`${api.url}/api/v1/cost`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, usage: { input: 1 } }),
      })
      expect(answer.json).toMatchObject({
        code: model.length < 3 ? 'invalid_argument' : 'not_found',
      })
    },
  )
})
