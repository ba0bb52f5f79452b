/** The real clients of the formats, where they are on npm, against a running server. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { calcPrice, updatePrices, waitForUpdate, type Provider } from '@pydantic/genai-prices'
import { Ollama } from 'ollama'
import { AuthenticationError, NotFoundError, OpenAI } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openApi, type LabModel, type TestApi } from './api-fixture.ts'

const models: LabModel[] = [
  {
    provider: 'openai',
    id: 'gpt-5',
    name: 'GPT-5',
    releaseDate: '2025-08-07',
    family: 'gpt',
    contextWindow: 400_000,
    input: '1.25',
    output: '10',
    components: [
      { meter: 'cache_read', amount: '0.125' },
      { meter: 'input_audio', amount: '40' },
      { meter: 'input', amount: '2.5', minTokens: 200_000 },
      { meter: 'input', amount: '0.625', mode: 'batch' },
      { meter: 'web_search', amount: '0.01', unit: 'each' },
    ],
  },
  { provider: 'together', id: 'org/model:free', input: '0', output: '0' },
  {
    provider: 'lab',
    id: 'night',
    input: '2',
    output: '4',
    components: [
      { meter: 'input', amount: '1', window: { from: '16:30', to: '00:30' } },
      { meter: 'output', amount: '3', window: { from: '16:30', to: '00:30' } },
    ],
  },
]

let api: TestApi
beforeAll(async () => {
  api = await openApi(models)
})
afterAll(() => api.close())

describe('openai', () => {
  const client = () => new OpenAI({ baseURL: `${api.url}/v1`, apiKey: 'sk-of-somebody-else' })

  it('lists the models, whatever key it has', async () => {
    const listed = []
    for await (const { id, owned_by } of client().models.list()) listed.push([id, owned_by])
    expect(listed).toEqual([
      ['lab/night', 'lab'],
      ['openai/gpt-5', 'openai'],
      ['together/org/model:free', 'together'],
    ])
  })

  it('retrieves one by its id, slashes and all', async () => {
    for (const id of ['openai/gpt-5', 'together/org/model:free'])
      expect(await client().models.retrieve(id)).toMatchObject({ id, object: 'model' })
    expect((await client().models.retrieve('openai/gpt-5')).created).toBe(
      Date.parse('2025-08-07') / 1000,
    )
  })

  it('is told of a model that is not there as by OpenAI', async () => {
    await expect(client().models.retrieve('openai/nothing')).rejects.toThrow(NotFoundError)
  })

  it('with a key of ours that is wrong is refused', async () => {
    const wrong = new OpenAI({ baseURL: `${api.url}/v1`, apiKey: `plb_${'0'.repeat(12)}_x` })
    await expect(wrong.models.list()).rejects.toThrow(AuthenticationError)
  })
})

describe('ollama', () => {
  it('lists the models', async () => {
    const { models: listed } = await new Ollama({ host: api.url }).list()
    expect(listed.map(({ name, details }) => [name, details.family])).toEqual([
      ['lab/night', ''],
      ['openai/gpt-5', 'gpt'],
      ['together/org/model:free', ''],
    ])
    expect(Date.parse(String(listed[0]?.modified_at))).toBeGreaterThan(0)
  })
})

describe('@ai-sdk/openai-compatible', () => {
  it('takes our ids as ids of models, and our errors as errors', async () => {
    const provider = createOpenAICompatible({ name: 'catalog', baseURL: `${api.url}/v1` })
    const model = provider.chatModel('together/org/model:free')
    expect(model.modelId).toBe('together/org/model:free')
    // It has no list; what it can do is ask a model, and there is none to be asked here.
    const asked = model.doGenerate({
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    })
    await expect(asked).rejects.toMatchObject({ statusCode: 404 })
  })
})

describe('@pydantic/genai-prices', () => {
  beforeAll(async () => {
    updatePrices(({ setProviderData }) => {
      const fetched = fetch(`${api.url}/genai-prices/v2/data.json`)
      setProviderData(fetched.then((response) => response.json() as Promise<Provider[]>))
    })
    await waitForUpdate()
  })
  const price = (usage: Record<string, number>, id: string, providerId: string, at?: string) =>
    calcPrice(usage, id, {
      providerId,
      ...(at === undefined ? {} : { timestamp: new Date(at) }),
    })?.total_price

  it.each<[Record<string, number>, number]>([
    [{ input_tokens: 1000, output_tokens: 100 }, 0.001_25 + 0.001],
    [{ input_tokens: 1000, cache_read_tokens: 400 }, (600 * 1.25 + 400 * 0.125) / 1e6],
    [{ input_tokens: 300_000 }, 0.75],
    [{ input_tokens: 1000, input_audio_tokens: 500 }, (500 * 1.25 + 500 * 40) / 1e6],
    [{ web_searches: 3 }, 0.03],
  ])('prices %j as the catalog does', (usage, total) => {
    expect(price(usage, 'gpt-5', 'openai')).toBeCloseTo(total, 12)
  })

  it('takes the document for its own data', async () => {
    const providers = await waitForUpdate()
    expect(providers?.map(({ id }) => id)).toEqual(['lab', 'openai', 'together'])
  })

  it('knows the hours of the day', () => {
    const usage = { input_tokens: 1e6, output_tokens: 1e6 }
    expect(price(usage, 'night', 'lab', '2026-01-01T12:00:00Z')).toBe(6)
    expect(price(usage, 'night', 'lab', '2026-01-01T23:00:00Z')).toBe(4)
    expect(price(usage, 'org/model:free', 'together')).toBe(0)
  })
})
