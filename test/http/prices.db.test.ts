import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CostSchema, PriceHistorySchema, PricesSchema } from '../../src/http/schemas/prices.ts'
import { openApi, type LabModel, type TestApi } from './api-fixture.ts'
import { get, type TestAnswer } from './http-fixture.ts'

const gpt: LabModel = {
  provider: 'openai',
  id: 'org/gpt-5',
  name: 'GPT-5',
  input: '1.25',
  output: '10',
  components: [
    { meter: 'input', amount: '0.625', mode: 'batch' },
    { meter: 'input', amount: '2.5', minTokens: 200_000 },
  ],
}
const id = 'openai%2Forg%2Fgpt-5'

let api: TestApi
beforeAll(async () => {
  api = await openApi([])
  for (const [day, input] of [
    ['2026-01-10', '2'],
    ['2026-03-20', '1.5'],
    ['2026-06-01', '1.25'],
  ] as const) {
    api.pipeline.at(`${day}T08:00:00Z`)
    await api.list([
      { ...gpt, input },
      { provider: 'openai', id: 'unpriced', name: 'Unpriced' },
    ])
  }
})
afterAll(() => api.close())

function post(body: unknown): Promise<TestAnswer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const headers = { 'content-type': 'application/json' }
  return get(`${api.url}/api/v1/cost`, { method: 'POST', body: text, headers })
}

describe('prices', () => {
  it('are all components with their circumstances, source and since when', async () => {
    const { json } = await api.get(`/api/v1/models/${id}/prices`)
    expect(PricesSchema.parse(json)).toMatchObject({
      id: 'openai/org/gpt-5',
      state: 'priced',
      components: [
        {
          key: 'input',
          amount: '1.25',
          upstream: 'lab',
          validFrom: '2026-06-01T08:00:00.000Z',
          validTo: null,
        },
        { key: 'input;mode=batch', mode: 'batch' },
        { key: 'input;tier=200000', minTokens: 200_000 },
        { key: 'output', amount: '10' },
      ],
    })
    expect((await api.get('/api/v1/models/openai/org/gpt-5/prices')).json).toMatchObject({
      components: json['components'],
    })
  })

  it.each([
    ['2026-01-10', []],
    ['2026-01-11', ['2']],
    ['2026-03-20T09:00:00%2B01:00', ['1.5']],
    ['2026-03-20T07:59:59Z', ['2']],
    ['2026-12-01', ['1.25']],
  ])('on %s are those of that moment', async (at, amounts) => {
    const { json } = await api.get(`/api/v1/models/${id}/prices?at=${at}`)
    const { components, state } = PricesSchema.parse(json)
    expect(components.filter(({ key }) => key === 'input').map(({ amount }) => amount)).toEqual(
      amounts,
    )
    expect(state).toBe(amounts.length > 0 ? 'priced' : 'unknown')
  })

  it('have a history, newest first, in pages', async () => {
    const { json } = await api.get(`/api/v1/models/${id}/price-history?component=input&limit=2`)
    expect(PriceHistorySchema.parse(json)).toMatchObject({
      total: 3,
      periods: [
        { amount: '1.25', validTo: null },
        {
          amount: '1.5',
          validFrom: '2026-03-20T08:00:00.000Z',
          validTo: '2026-06-01T08:00:00.000Z',
        },
      ],
    })
    const second = await api.get(
      `/api/v1/models/${id}/price-history?component=input&limit=2&page=2`,
    )
    expect(second.json).toMatchObject({ total: 3, periods: [{ amount: '2' }] })
    const beyond = await api.get(`/api/v1/models/${id}/price-history?component=input&page=9`)
    expect(beyond.json).toMatchObject({ total: 3, periods: [] })
  })

  it.each([
    'at=yesterday',
    'at=2026-13-01',
    'at=2026-01-01T00:00:00',
    'on=2026-01-01',
    'at=0000-01-01',
    'at=0001-01-01T00:00:00%2B14:00',
    'at=9999-12-31T23:59:59-14:00',
  ])('cannot be asked for with %s', async (query) => {
    const answer = await api.get(`/api/v1/models/${id}/prices?${query}`)
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_argument' } })
  })
})

describe('the cost of a usage', () => {
  it('is that of the tier and mode, with every line', async () => {
    const { json } = await post({
      model: 'openai/org/gpt-5',
      usage: { input: 300_000, output: 1000 },
    })
    expect(CostSchema.parse(json)).toMatchObject({
      total: '0.76',
      lines: [
        { component: 'input;tier=200000', amount: '2.5', cost: '0.75' },
        { component: 'output', cost: '0.01' },
      ],
    })
    const batch = await post({ model: 'openai/org/gpt-5', usage: { input: '1000' }, mode: 'batch' })
    expect(batch.json).toMatchObject({ total: '0.000625' })
  })

  it('is that of the day', async () => {
    const { json } = await post({
      model: 'openai/org/gpt-5',
      at: '2026-02-01',
      usage: { input: 1e5 },
    })
    expect(json).toMatchObject({ at: '2026-02-01T00:00:00.000Z', lines: [{ amount: '2' }] })
  })

  it('is null where the price is not known', async () => {
    const { status, json } = await post({ model: 'openai/unpriced', usage: { input: 10 } })
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { state: 'unknown', total: null, unpriced: ['input'] },
    })
  })

  it.each([
    ['a meter that does not exist', { model: 'openai/org/gpt-5', usage: { inputs: 1 } }, 'usage'],
    ['a negative quantity', { model: 'openai/org/gpt-5', usage: { input: -1 } }, 'usage.input'],
    ['no usage', { model: 'openai/org/gpt-5', usage: {} }, 'usage'],
    ['an unknown parameter', { model: 'openai/org/gpt-5', usage: { input: 1 }, when: 1 }, 'when'],
  ])('is refused for %s', async (_case, body, field) => {
    const { status, json } = await post(body)
    expect({ status, json }).toMatchObject({ status: 400, json: { code: 'invalid_argument' } })
    expect(JSON.stringify(json['errors'])).toContain(`"field":"${field}`)
  })

  it('is refused for a mode that the model has no price for, with those that it has', async () => {
    const { status, json } = await post({
      model: 'openai/org/gpt-5',
      usage: { input: 1 },
      mode: 'flex',
    })
    expect({ status, detail: json['detail'] }).toEqual({
      status: 400,
      detail: expect.stringContaining('it has: batch'),
    })
  })

  it.each([
    ['a model that is not there', { model: 'openai/nothing', usage: { input: 1 } }, 404],
    ['broken JSON', '{"model":', 400],
    ['a body over the limit', { model: 'x'.repeat(70_000), usage: {} }, 413],
  ])('is a problem for %s', async (_case, body, status) => {
    expect(await post(body)).toMatchObject({
      status,
      type: 'application/problem+json; charset=utf-8',
    })
  })
})
