import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ModelDetailSchema, ModelPageSchema } from '../../src/http/schemas/models.ts'
import { openApi, type LabModel, type TestApi } from './api-fixture.ts'

const models: LabModel[] = [
  {
    provider: 'openai',
    id: 'gpt-5',
    name: 'GPT-5',
    type: 'chat',
    baseModel: 'openai/gpt-5',
    input: '1.25',
    output: '10',
    components: [{ meter: 'input', amount: '2.5', minTokens: 200_000 }],
    contextWindow: 400_000,
    functionCalling: true,
    vision: true,
    inputModalities: ['text', 'image'],
  },
  {
    provider: 'openai',
    id: 'gpt-4o',
    name: 'GPT-4o',
    type: 'chat',
    input: '2.5',
    output: '10',
    contextWindow: 128_000,
    functionCalling: true,
    deprecatedAt: '2026-01-01',
    replacedBy: 'gpt-5',
  },
  {
    provider: 'openrouter',
    id: 'openai/gpt-5',
    name: 'OpenAI: GPT-5',
    type: 'chat',
    baseModel: 'openai/gpt-5',
    input: '1',
    output: '9',
    contextWindow: 400_000,
  },
  {
    provider: 'azure',
    id: 'GPT-5',
    name: 'GPT-5 on Azure',
    functionCalling: true,
    contextWindow: 400_000,
  },
]

let api: TestApi
beforeAll(async () => {
  api = await openApi(models)
  await api.db.modelBenchmark.create({
    data: {
      provider: 'openai',
      modelId: 'gpt-5',
      benchmark: 'swe-bench',
      score: '74.90',
      upstream: 'lab',
    },
  })
})
afterAll(() => api.close())

async function json(path: string): Promise<Record<string, unknown>> {
  const answer = await api.get(path)
  expect({ path, status: answer.status }).toEqual({ path, status: 200 })
  return answer.json
}

describe('compare', () => {
  it('puts models side by side, with what differs and which is best', async () => {
    const ids = 'openai/gpt-5,openai/gpt-4o,azure/GPT-5'
    expect(await json(`/api/v1/models/compare?ids=${encodeURIComponent(ids)}`)).toMatchObject({
      models: [{ id: 'openai/gpt-5' }, { id: 'openai/gpt-4o' }, { id: 'azure/GPT-5' }],
      differences: expect.arrayContaining([
        { field: 'price.input', values: ['1.25', '2.5', null] },
        { field: 'contextWindow', values: [400_000, 128_000, 400_000] },
      ]),
      best: {
        cheapestInput: ['openai/gpt-5'],
        cheapestOutput: ['openai/gpt-5', 'openai/gpt-4o'],
        largestContext: ['openai/gpt-5', 'azure/GPT-5'],
      },
    })
    const repeated = await json('/api/v1/models/compare?ids=openai/gpt-5&ids=openai%2Fgpt-4o')
    expect(repeated).toMatchObject({ models: [{ id: 'openai/gpt-5' }, { id: 'openai/gpt-4o' }] })
  })

  const eleven = Array.from({ length: 11 }, (_, index) => `a/${index}`).join(',')
  it.each([
    ['one id', 'ids=openai/gpt-5', 400],
    ['the same id twice', 'ids=openai/gpt-5,openai/gpt-5', 400],
    ['eleven ids', `ids=${eleven}`, 400],
    ['no ids', '', 400],
    ['an id that is not there', 'ids=openai/gpt-5,openai/nothing', 404],
  ])('refuses %s', async (_case, query, status) => {
    expect(await api.get(`/api/v1/models/compare?${query}`)).toMatchObject({
      status,
      type: 'application/problem+json; charset=utf-8',
    })
  })
})

describe('offers', () => {
  it('are the same model elsewhere, cheapest first, and why it is taken for the same', async () => {
    const { offers, variants } = await json('/api/v1/models/openai/gpt-5/offers')
    expect(offers).toMatchObject([
      { sameBy: 'base_model', model: { id: 'openrouter/openai/gpt-5' } },
      { sameBy: 'itself', model: { id: 'openai/gpt-5' } },
      { sameBy: 'model_id', model: { id: 'azure/GPT-5' } },
    ])
    expect(variants).toEqual([])
  })
})

describe('recommend', () => {
  it('ranks by the exact cost, what is deprecated behind, what has no price last of its kind', async () => {
    const { recommendations } = await json(
      '/api/v1/models/recommend?capability=function_calling&input_tokens=300000&output_tokens=1000',
    )
    expect(recommendations).toMatchObject([
      { rank: 1, cost: '0.76', currency: 'USD', model: { id: 'openai/gpt-5' } },
      { rank: 2, cost: null, model: { id: 'azure/GPT-5' } },
      { rank: 3, cost: '0.76', model: { id: 'openai/gpt-4o' } },
    ])
    expect(JSON.stringify(recommendations)).toContain(
      'It is deprecated since 2026-01-01; gpt-5 replaces it.',
    )
    expect(JSON.stringify(recommendations)).toContain('higher context tier')
  })

  it.each([
    ['min_context=200000&modality=image', ['openai/gpt-5']],
    ['max_input_price=1', ['openrouter/openai/gpt-5']],
    ['capability=audio', []],
    ['type=embedding', []],
  ])('keeps to %s', async (query, ids) => {
    const { recommendations } = await json(`/api/v1/models/recommend?${query}`)
    expect(recommendations).toMatchObject(ids.map((id) => ({ model: { id } })))
  })

  it.each(['input_tokens=-1', 'input_tokens=1e12', 'capability=flying', 'limit=101', 'tokens=1'])(
    'refuses %s',
    async (query) => {
      expect(await api.get(`/api/v1/models/recommend?${query}`)).toMatchObject({ status: 400 })
    },
  )
})

describe('providers', () => {
  it('say what they serve and how well that is known', async () => {
    const { providers } = await json('/api/v1/providers')
    expect(providers).toMatchObject([
      { id: 'azure', models: { active: 1 } },
      {
        id: 'openai',
        models: { active: 1, deprecated: 1, missing: 0, retired: 0 },
        health: 'healthy',
        success_rate: 1,
        total_requests: 1,
        last_verified_at: expect.stringMatching(/Z$/),
      },
      { id: 'openrouter' },
    ])
    expect(await json('/api/v1/providers/openai')).toMatchObject({ id: 'openai' })
  })

  it('have their models in a list of its own', async () => {
    const page = ModelPageSchema.parse(await json('/api/v1/providers/openai/models?sort=-context'))
    expect(page.models.map(({ id }) => id)).toEqual(['openai/gpt-5', 'openai/gpt-4o'])
    expect(await api.get('/api/v1/providers/openai/models?provider=azure')).toMatchObject({
      status: 400,
    })
  })

  it.each(['/api/v1/providers/nobody', '/api/v1/providers/nobody/models'])(
    '%s is not there',
    async (path) => {
      expect(await api.get(path)).toMatchObject({ status: 404, json: { code: 'not_found' } })
    },
  )
})

describe('one model', () => {
  it('carries its health, benchmarks, deprecation and replacement', async () => {
    const gpt5 = ModelDetailSchema.parse(await json('/api/v1/models/openai/gpt-5'))
    expect(gpt5).toMatchObject({
      health: 'healthy',
      benchmarks: [{ benchmark: 'swe-bench', score: '74.90', upstream: 'lab' }],
    })
    expect(await json('/api/v1/models/openai/gpt-4o')).toMatchObject({
      lifecycle: 'deprecated',
      deprecatedAt: '2026-01-01',
      replacedBy: 'gpt-5',
    })
    expect(await json('/api/v1/models/openai/gpt-5/benchmarks')).toMatchObject({
      benchmarks: [{ score: '74.90' }],
    })
  })

  it.each(['/api/v1/models/a%2Fb%00c', '/api/v1/models?search=%00', '/api/v1/providers/%00'])(
    'with what PostgreSQL cannot hold is refused: %s',
    async (path) => {
      expect(await api.get(path)).toMatchObject({ status: 400, json: { code: 'invalid_argument' } })
    },
  )

  it('that an operator has disabled is not there, in no list and in no offer', async () => {
    await api.db.model.updateMany({ where: { provider: 'azure' }, data: { review: 'disabled' } })
    await api.list([...models, { provider: 'openai', id: 'another', name: 'Another' }])
    for (const path of [
      '/api/v1/models',
      '/api/v1/models?review=disabled',
      '/api/v1/providers',
      '/api/v1/models/openai/gpt-5/offers',
      '/api/v1/models/recommend?capability=function_calling',
    ])
      expect((await api.get(path)).body).not.toContain('azure')
    expect(await api.get('/api/v1/models/azure/GPT-5')).toMatchObject({ status: 404 })
    expect(await api.get('/api/v1/models/compare?ids=azure/GPT-5,openai/gpt-5')).toMatchObject({
      status: 404,
    })
  })
})

describe('capability', () => {
  it('lists what can do it, by the filters of the list', async () => {
    const page = ModelPageSchema.parse(
      await json('/api/v1/models/capability/vision?provider=openai'),
    )
    expect(page.models.map(({ id }) => id)).toEqual(['openai/gpt-5'])
  })

  it('that does not exist is refused with those that do', async () => {
    const { status, body } = await api.get('/api/v1/models/capability/flying')
    expect(status).toBe(400)
    expect(body).toContain('function_calling')
  })
})
