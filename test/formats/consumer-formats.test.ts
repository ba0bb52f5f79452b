/** What the formats make of a model's circumstances; that clients take the whole is in acceptance.test.ts. */
import { describe, expect, it } from 'vitest'
import type { ModelFields } from '../../src/catalog/fields.ts'
import type { CatalogModel, CatalogProvider } from '../../src/catalog/model.ts'
import { sortComponents, type PriceComponent, type PriceSheet } from '../../src/catalog/price.ts'
import type { FlatPricePeriod } from '../../src/catalog/read-flat-prices.ts'
import { catwalk } from '../../src/http/formats/catwalk.ts'
import type { Format, FormatSource } from '../../src/http/formats/format.ts'
import { genaiPrices } from '../../src/http/formats/genai-prices.ts'
import { litellmMap } from '../../src/http/formats/litellm-map.ts'
import { llmPrices, llmPricesHistorical } from '../../src/http/formats/llm-prices.ts'
import { ollama } from '../../src/http/formats/ollama.ts'
import { openrouter } from '../../src/http/formats/openrouter.ts'
import { portkey } from '../../src/http/formats/portkey.ts'
import { renderFormat } from '../../src/http/formats/render-format.ts'
import { vercel } from '../../src/http/formats/vercel.ts'
import { parseJson, type JsonObject } from '../../src/json.ts'
import { sourceWith, stored } from '../support/format-source.ts'

interface Stated {
  id?: string
  provider?: string
  fields?: ModelFields
  components?: PriceComponent[]
  sheet?: Partial<PriceSheet>
  extra?: CatalogModel['extra']
}

function modelOf({ id = 'm', provider = 'acme', ...stated }: Stated): CatalogModel {
  return {
    provider,
    modelId: id,
    fields: { contextWindow: 1000, ...stated.fields },
    prices: { components: sortComponents(stated.components ?? []), ...stated.sheet },
    extra: stated.extra ?? {},
    lifecycle: 'active',
    review: 'active',
    tiers: [],
    provenance: {},
    conflicts: [],
  }
}

function provider(id: string, facts: Partial<CatalogProvider> = {}): CatalogProvider {
  return { id, name: id.toUpperCase(), env: [], extra: {}, ...facts }
}

function render(format: Format, models: readonly Stated[], parts: Partial<FormatSource> = {}) {
  const storedModels = models.map((stated) => stored(modelOf(stated)))
  const ids = [...new Set(storedModels.map((model) => model.provider))]
  const source = sourceWith({
    providers: ids.map((id) => provider(id)),
    ...parts,
    models: storedModels,
  })
  const { text, candidate } = renderFormat(format, source)
  expect(candidate.invalid).toBeUndefined()
  return { text, json: parseJson(text) as JsonObject }
}

const flat = (input: string, output: string): PriceComponent[] => [
  { meter: 'input', amount: input },
  { meter: 'output', amount: output },
]
const priced = flat('1.1', '0.000000000000000003')
/** Night, batch and a region: what most formats cannot say. */
const circumstances: PriceComponent[] = [
  { meter: 'input', amount: '7', mode: 'batch' },
  { meter: 'input', amount: '8', window: { from: '16:30', to: '00:30' } },
  { meter: 'input', amount: '9', region: 'eu' },
]

describe('a price', () => {
  it('per token keeps all its digits and has no exponent', () => {
    const { text } = render(openrouter, [{ components: priced }])
    expect(text).toContain('"prompt":"0.0000011","completion":"0.000000000000000000000003"')
    expect(render(vercel, [{ components: priced }]).text).toContain('"input":"0.0000011"')
    expect(render(portkey, [{ components: priced }]).text).toContain('{"price":0.00011}')
  })

  it.each([openrouter, vercel, llmPrices, catwalk])(
    'of the standard mode stands for others in $name',
    (format) => {
      const parts = { providers: [provider('acme', { api: 'https://acme.example/v1' })] }
      const models = [{ components: [...priced, ...circumstances] }]
      const { text } = render(format, models, parts)
      expect(text).toBe(render(format, [{ components: priced }], parts).text)
    },
  )

  it('that is unknown, partly known or in another currency is in no list that needs one', () => {
    const models: Stated[] = [
      {},
      { id: 'half', components: [{ meter: 'input', amount: '1' }] },
      { id: 'yuan', components: priced, sheet: { currency: 'CNY' } },
    ]
    for (const format of [openrouter, vercel, llmPrices])
      expect(render(format, models).text).not.toContain('acme/')
    expect(render(openrouter, [{ sheet: { dynamic: true } }]).json).toMatchObject({
      data: [{ pricing: { prompt: '-1', completion: '-1' } }],
    })
  })

  it('above a length of the prompt is an override of OpenRouter’s', () => {
    const tiers: PriceComponent[] = [
      ...flat('1', '2'),
      { meter: 'input', amount: '3', minTokens: 200_000 },
    ]
    expect(render(openrouter, [{ components: tiers }]).json).toMatchObject({
      data: [{ pricing: { overrides: [{ min_prompt_tokens: 200_000, prompt: '0.000003' }] } }],
    })
  })
})

describe('genai-prices', () => {
  const pricesOf = (components: PriceComponent[]) => {
    const { json } = render(genaiPrices, [{ components }])
    return JSON.parse(JSON.stringify(json))[0].models[0].prices
  }

  it('has hours and announced prices as conditions, each with all that holds then', () => {
    expect(
      pricesOf([
        ...flat('2', '4'),
        { meter: 'input', amount: '1', window: { from: '16:30', to: '00:30' } },
        { meter: 'input', amount: '3', from: '2027-01-01' },
        { meter: 'input', amount: '9', window: { from: '00:00', to: '12:00', days: [6, 7] } },
      ]),
    ).toEqual([
      { prices: { input_mtok: 2, output_mtok: 4 } },
      {
        constraint: { start_time: '16:30:00Z', end_time: '00:30:00Z' },
        prices: { input_mtok: 1, output_mtok: 4 },
      },
      { constraint: { start_date: '2027-01-01' }, prices: { input_mtok: 3, output_mtok: 4 } },
    ])
  })

  it('has a price for each kind of token that two others make, and none that hangs in the air', () => {
    expect(
      pricesOf([
        ...flat('2', '4'),
        { meter: 'cache_read', amount: '0.2' },
        { meter: 'cache_write', amount: '2.5', ttl: '5m' },
        { meter: 'cache_write', amount: '3', ttl: '1h' },
        { meter: 'input_audio', amount: '20' },
        { meter: 'output_audio', amount: '40' },
        { meter: 'request', amount: '0.005', unit: 'each' },
      ]),
    ).toEqual({
      input_mtok: 2,
      output_mtok: 4,
      cache_read_mtok: 0.2,
      cache_write_mtok: 2.5,
      cache_write_5m_mtok: 2.5,
      cache_write_1h_mtok: 3,
      input_audio_mtok: 20,
      output_audio_mtok: 40,
      cache_audio_read_mtok: 0.2,
      cache_audio_write_mtok: 2.5,
      cache_audio_write_5m_mtok: 2.5,
      cache_audio_write_1h_mtok: 3,
      requests_kcount: 5,
    })
    expect(
      pricesOf([
        { meter: 'cache_read', amount: '1' },
        { meter: 'output', amount: '2' },
      ]),
    ).toEqual({ output_mtok: 2 })
  })

  it('names providers as it does itself, and Hugging Face’s hosts as providers', () => {
    const hosts = { fireworks: { name: 'HF (fireworks)', api_pattern: 'x' } }
    const { json } = render(
      genaiPrices,
      [
        { provider: 'amazon-bedrock', components: priced },
        { provider: 'huggingface', id: 'org/m:fireworks', components: priced },
        { provider: 'huggingface', id: 'org/m', components: priced },
        { provider: 'huggingface', id: 'has a space', components: priced },
      ],
      {
        providers: [
          provider('amazon-bedrock'),
          provider('huggingface', { extra: { 'genai-prices': { hosts } } }),
        ],
      },
    )
    const list = JSON.parse(JSON.stringify(json)) as { id: string; models: { id: string }[] }[]
    expect(list.map(({ id, models }) => [id, models.map((model) => model.id)])).toEqual([
      ['aws', ['m']],
      ['huggingface', ['org/m']],
      ['huggingface_fireworks', ['org/m:fireworks']],
    ])
  })
})

describe('LiteLLM’s map', () => {
  const text = `{
    "sample_spec": {"mode": "chat"},
    "acme/rejected": {"litellm_provider": "acme", "input_cost_per_token": 1e-07},
    "acme/m": {"litellm_provider": "acme", "input_cost_per_token": 5},
    "acme/secret": {"litellm_provider": "acme"},
    "last_updated": "2026-01-01"
  }`

  it('has what is no model of ours as it was, ours over it, and nothing that is hidden', () => {
    const { text: map } = render(
      litellmMap,
      [{ components: priced, extra: { litellm: { key: 'acme/m' } } }],
      { litellmMap: { text, hiddenKeys: new Set(['acme/secret']) } },
    )
    expect(Object.keys(JSON.parse(map) as object)).toEqual([
      'sample_spec',
      'acme/rejected',
      'acme/m',
    ])
    expect(map).toContain(
      '"acme/rejected":{"litellm_provider":"acme","input_cost_per_token":0.0000001}',
    )
    expect(map).toContain('"input_cost_per_token":0.0000011')
  })
})

describe('Catwalk', () => {
  const address = { api: 'https://acme.example/anthropic/v1', npm: '@ai-sdk/anthropic' }
  const renderOne = (models: Stated[], facts: Partial<CatalogProvider> = address) =>
    (
      render(catwalk, models, { providers: [provider('acme', facts)] })
        .json as unknown as JsonObject[]
    )[0]

  it('takes the newest with tools as large and the cheapest of the last year as small', () => {
    const tools = (id: string, releaseDate: string, input: string): Stated => ({
      id,
      fields: { functionCalling: true, releaseDate },
      components: flat(input, input),
    })
    expect(
      renderOne([
        tools('old-and-cheap', '2024-01-01', '0.1'),
        tools('small', '2026-01-01', '1'),
        tools('large', '2026-05-01', '9'),
        tools('free', '2026-05-01', '0'),
        { id: 'newest', fields: { releaseDate: '2026-08-01' } },
      ]),
    ).toMatchObject({ default_large_model_id: 'large', default_small_model_id: 'small' })
  })

  it('has what a session needs, unknown prices as 0', () => {
    expect(renderOne([{ fields: { contextWindow: 128_000, vision: true } }])).toMatchObject({
      id: 'acme',
      type: 'anthropic',
      api_key: '$ACME_API_KEY',
      api_endpoint: 'https://acme.example/anthropic',
      models: [
        {
          id: 'm',
          cost_per_1m_in: 0,
          context_window: 128_000,
          default_max_tokens: 12_800,
          can_reason: false,
          supports_attachments: true,
        },
      ],
    })
  })

  it('leaves out who cannot be reached, and models of which no session can be made', () => {
    expect(renderOne([{}], {})).toBeUndefined()
    expect(renderOne([{}], { api: 'https://${ACCOUNT}.example' })).toBeUndefined()
    expect(
      renderOne([{ fields: { contextWindow: 0 } }, { id: 'e', fields: { type: 'embedding' } }]),
    ).toBeUndefined()
  })

  it('names no variable that a shell would take for something else', () => {
    expect(renderOne([{}], { ...address, env: ['302AI_API_KEY'] })).toMatchObject({ api_key: '' })
    const env = ['ACME_ACCOUNT', 'ACME_TOKEN']
    expect(renderOne([{}], { ...address, env })).toMatchObject({ api_key: '$ACME_TOKEN' })
  })
})

describe('Ollama’s list', () => {
  it('has the runtime’s own names and details, and ids for all others', () => {
    const extra = { ollama: { size: 42, digest: 'abc', details: { family: 'llama' } } }
    const { json } = render(ollama, [
      { provider: 'ollama', id: 'llama3:8b', extra },
      { id: 'm', fields: { family: 'gpt' } },
    ])
    expect(JSON.parse(JSON.stringify(json))).toMatchObject({
      models: [
        { name: 'acme/m', size: 0, details: { family: 'gpt', families: ['gpt'] } },
        { name: 'llama3:8b', size: 42, digest: 'abc', details: { family: 'llama' } },
      ],
    })
  })
})

describe('llm-prices’ history', () => {
  const period = (
    component: string,
    amount: string,
    from: string,
    to?: string,
  ): FlatPricePeriod => ({
    provider: 'acme',
    modelId: 'm',
    name: 'M',
    component: component as FlatPricePeriod['component'],
    amount,
    validFrom: new Date(from),
    validTo: to === undefined ? null : new Date(to),
  })

  it('has a row for each stretch of days in which both prices were the same, newest first', () => {
    const { json } = render(llmPricesHistorical, [], {
      pricePeriods: [
        period('input', '1', '2026-01-01T10:00:00Z', '2026-03-01T08:00:00Z'),
        period('input', '7', '2026-03-01T08:00:00Z', '2026-03-01T09:00:00Z'),
        period('input', '2', '2026-03-01T09:00:00Z'),
        period('output', '4', '2026-02-01T00:00:00Z'),
        period('cache_read', '0.1', '2026-03-01T09:00:00Z', '2026-04-01T00:00:00Z'),
      ],
    })
    const rows = JSON.parse(JSON.stringify(json)).prices as JsonObject[]
    expect(
      rows.map((row) => [row['from_date'], row['to_date'], row['input'], row['input_cached']]),
    ).toEqual([
      ['2026-04-01', null, 2, null],
      ['2026-03-01', '2026-04-01', 2, 0.1],
      ['2026-02-01', '2026-03-01', 1, null],
    ])
    expect(rows[0]).toMatchObject({ id: 'acme/m', vendor: 'acme', name: 'M', output: 4 })
  })
})
