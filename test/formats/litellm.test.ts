import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeModel, type ModelOverride, type StatedListing } from '../../src/catalog/merge.ts'
import type { CatalogModel } from '../../src/catalog/model.ts'
import { componentKey, type PriceComponent } from '../../src/catalog/price.ts'
import { isJsonObject, parseJson, type JsonObject } from '../../src/json.ts'
import { genaiPrices } from '../../src/upstreams/genai-prices.ts'
import { litellm } from '../../src/upstreams/litellm.ts'
import { catalogOf, readPayload } from '../support/catalog-of.ts'
import { jsonDifferences } from '../support/compare-json.ts'
import { hasSharedData, readShared, sharedDataNote, sharedFiles } from '../support/shared-data.ts'
import { renderLitellm } from '../support/render-formats.ts'

const folder = 'upstreams/litellm/series'
const fixture = readFileSync(new URL('../fixtures/upstreams/litellm.json', import.meta.url), 'utf8')

it('the fixture comes back whole', () => {
  expect(jsonDifferences(rowsOf(fixture), parseJson(renderLitellm(modelsOf(fixture))))).toEqual([])
})

it('rows of places come back whole, whatever models the map has beside them', () => {
  const segments =
    'bedrock azure azure_ai bedrock_mantle * us-east-1 eu global 1-month-commitment m n'.split(' ')
  const segment = fc.constantFrom(...segments)
  const key = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
  const price = fc.constantFrom(1e-6, 2e-6)
  const row = fc.record(
    {
      litellm_provider: fc.constantFrom(
        'bedrock',
        'bedrock_converse',
        'azure',
        'azure_ai',
        'openai',
      ),
      mode: fc.constantFrom('chat', 'responses', 'image_generation'),
      max_input_tokens: fc.constantFrom(1000, 2000, '1000'),
      supports_vision: fc.boolean(),
      input_cost_per_token: price,
      input_cost_per_token_batches: price,
      input_cost_per_second: price,
      input_cost_per_token_cache_hit: price,
      tiered_pricing: fc.constant([{ range: [0, 9], input_cost_per_token: 1e-6 }]),
      search_context_cost_per_query: fc.constant({ search_context_size_low: 0.01 }),
    },
    { requiredKeys: ['litellm_provider'] },
  )
  fc.assert(
    fc.property(fc.dictionary(key, row, { minKeys: 1, maxKeys: 10 }), (map) => {
      const body = JSON.stringify(map)
      expect(jsonDifferences(rowsOf(body), parseJson(renderLitellm(modelsOf(body))))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

it('a name that JavaScript treats as special is a name like any other', () => {
  const body = '{"grok":{"litellm_provider":"xai","__proto__":{"polluted":1},"constructor":2}}'
  expect(renderLitellm(modelsOf(body))).toContain('"__proto__":{"polluted":1}')
  expect(jsonDifferences(rowsOf(body), parseJson(renderLitellm(modelsOf(body))))).toEqual([])
})

describe.skipIf(!hasSharedData)(
  `the map that LiteLLM served comes back whole${sharedDataNote}`,
  () => {
    it.each(sharedFiles(folder, '.gz'))('%s', (file) => {
      const body = readShared(`${folder}/${file}`)
      expect(jsonDifferences(rowsOf(body), parseJson(renderLitellm(modelsOf(body))))).toEqual([])
    })
  },
)

describe('a model that litellm lists', () => {
  it('shows what an operator set', () => {
    const row = rendered('alpha-1', [
      merged('litellm', [
        { field: 'contextWindow', value: 100_000 },
        { field: 'maxOutputTokens', value: 5000 },
        { field: 'vision', value: false },
        { field: 'type', value: 'image' },
        { field: 'price.input', value: '2.5' },
        { field: 'price.output;mode=batch', value: '0.000001' },
      ]),
    ])
    expect(row).toMatchObject({
      max_input_tokens: 100_000,
      max_output_tokens: 5000,
      supports_vision: false,
      mode: 'image_generation',
      supports_tool_choice: true,
    })
    expect(JSON.stringify(row)).toContain('"input_cost_per_token":0.0000025,')
    expect(JSON.stringify(row)).toContain('"output_cost_per_token_batches":0.000000000001,')
  })

  it.each([{ lifecycle: 'retired' }, { review: 'disabled' }] as const)(
    'is left out when %j',
    (state) => {
      expect(renderLitellm([{ ...merged('litellm', []), ...state }])).toBe('{}')
    },
  )

  it('has its prices left out when they are not in USD', () => {
    const model = merged('litellm', [])
    const row = rendered('alpha-1', [{ ...model, prices: { ...model.prices, currency: 'CNY' } }])
    expect(Object.keys(row).filter((name) => name.includes('cost_per_token'))).toEqual([])
  })
})

describe('a model that only others list', () => {
  it('is written in the style of LiteLLM', () => {
    const model = merged('models-dev', [{ field: 'inputModalities', value: ['text', 'pdf'] }])
    const other = { ...model, provider: 'togetherai', modelId: 'lab/alpha' }
    expect(rendered('together_ai/lab/alpha', [other])).toMatchObject({
      litellm_provider: 'together_ai',
      mode: 'chat',
      max_tokens: 64_000,
      max_input_tokens: 200_000,
      supported_modalities: ['text'],
      supports_pdf_input: true,
    })
  })

  it('has the plain id as its key at openai and anthropic', () => {
    expect(Object.keys(rowsOf(renderLitellm([merged('models-dev', [])])))).toEqual(['alpha-1'])
  })

  it('never takes the place of a row of litellm', () => {
    const own = merged('litellm', [])
    const other = { ...merged('models-dev', []), fields: {} }
    for (const models of [
      [own, other],
      [other, own],
    ])
      expect(rendered('alpha-1', models)['max_output_tokens']).toBe(64_000)
  })

  it('has no name for a price of a region', () => {
    const model = merged('models-dev', [{ field: 'price.input;region=eu', value: '9' }])
    const model5m = {
      ...model,
      prices: {
        components: [
          ...model.prices.components,
          { meter: 'cache_write', amount: '4', ttl: '5m' } as const,
        ],
      },
    }
    const row = rendered('alpha-1', [model5m])
    expect(JSON.stringify(row)).toContain('"input_cost_per_token":0.000003,')
    expect(JSON.stringify(row)).toContain('"cache_creation_input_token_cost":0.00000375,')
    expect(JSON.stringify(row)).not.toContain('0.000009')
  })

  it('has the price of a search for all of its sizes', () => {
    const row = rowWith([{ meter: 'web_search', unit: 'each', amount: '0.01' }])
    expect(JSON.stringify(row['search_context_cost_per_query'])).toBe(
      '{"search_context_size_low":0.01,"search_context_size_medium":0.01,"search_context_size_high":0.01}',
    )
    expect(row['web_search_billing_unit']).toBe('per_query')
  })

  it('has the hours of its prices where all of them have the same', () => {
    const night = { from: '16:30', to: '00:30' }
    const weekend = { from: '00:00', to: '00:00', days: [6, 7] }
    const row = rowWith([
      { meter: 'input', amount: '2' },
      { meter: 'input', amount: '1', window: night },
      { meter: 'input', amount: '1', window: weekend },
      { meter: 'output', amount: '5', window: night },
      { meter: 'output', amount: '4', window: weekend },
      { meter: 'cache_read', amount: '0.5', window: night },
    ])
    expect(JSON.stringify(row['input_cost_per_token'])).toBe('0.000002')
    expect(JSON.stringify(row['off_peak_pricing'])).toBe(
      '{"hours_utc":["16:30-00:30"],"windows":[{"hours_utc":["00:00-00:00"],"weekdays":[6,7]}],' +
        '"input_cost_per_token":0.000001}',
    )
  })

  it('has the weekday of each moment, also after midnight', () => {
    const window = { from: '22:00', to: '02:00', days: [5, 7] }
    const { off_peak_pricing: block } = rowWith([{ meter: 'input', amount: '1', window }])
    expect(block).toMatchObject({
      windows: [
        { hours_utc: ['22:00-00:00'], weekdays: [5, 7] },
        { hours_utc: ['00:00-02:00'], weekdays: [1, 6] },
      ],
    })
  })

  it.skipIf(!hasSharedData)(`has the hours that genai-prices states${sharedDataNote}`, () => {
    const body = readShared('upstreams/genai-prices/2026-08-21.v2.data.json')
    const { models } = catalogOf(genaiPrices, readPayload(genaiPrices, body))
    const row = rowsOf(renderLitellm(models))['deepseek/deepseek-chat']
    expect(JSON.stringify(row)).toContain('"input_cost_per_token":0.000000135')
    expect(JSON.stringify(row)).toContain('"off_peak_pricing":{"hours_utc":["00:30-16:30"]')
    const [back] =
      readPayload(litellm, JSON.stringify({ 'deepseek/deepseek-chat': row })).slices.get('deepseek')
        ?.listings ?? []
    const stated = models.find(({ modelId }) => modelId === 'deepseek-chat')
    expect(back?.prices).toEqual(stated?.prices)
  })
})

describe('a row of a place', () => {
  it('shows what an operator set for the model, and for the place', () => {
    const model = modelOf('amazon-bedrock', 'lab.iota-v1:0')
    const rows = rowsOf(
      renderLitellm([
        {
          ...model,
          fields: { ...model.fields, maxInputTokens: 90_000, contextWindow: 90_000, vision: false },
          prices: {
            components: model.prices.components.map((one) =>
              one.region === undefined ? one : { ...one, amount: '7' },
            ),
          },
        },
      ]),
    )
    expect(JSON.stringify(rows['bedrock/ap-northeast-1/lab.iota-v1:0'])).toBe(
      '{"litellm_provider":"bedrock","max_tokens":8191,"cache_read_input_token_cost":0.000007,' +
        '"input_cost_per_token":0.000007,"search_context_cost_per_query":' +
        '{"search_context_size_medium":7},"max_input_tokens":90000,"mode":"chat"}',
    )
    expect(rows['bedrock/ap-northeast-1/1-month-commitment/lab.iota-v1:0']).toMatchObject({
      input_cost_per_second: 7,
      max_input_tokens: 50_000,
    })
    expect(rows['lab.iota-v1:0']).toMatchObject({ max_input_tokens: 90_000, max_tokens: 4096 })
  })

  it('stands alone until another upstream lists the model', () => {
    const model = modelOf('amazon-bedrock', 'theta')
    const keys = ['bedrock/eu-west-1/theta', 'bedrock/us-east-1/theta']
    expect(Object.keys(rowsOf(renderLitellm([model])))).toEqual(keys)
    const known = { ...model, extra: { ...model.extra, 'models-dev': {} } }
    expect(Object.keys(rowsOf(renderLitellm([known])))).toEqual(['bedrock/theta', ...keys])
  })
})

describe('tiers that litellm wrote as a list', () => {
  const model = modelOf('alibaba', 'lambda')
  const withAmounts = (amounts: Record<string, string>) =>
    rendered('dashscope/lambda', [
      {
        ...model,
        prices: {
          components: model.prices.components
            .filter((one) => amounts[componentKey(one)] !== 'none')
            .map((one) => ({ ...one, amount: amounts[componentKey(one)] ?? one.amount })),
        },
      },
    ])

  it('show the catalog’s prices', () => {
    const { tiered_pricing: tiers } = withAmounts({ 'input;tier=32000': '7', output: '6' })
    expect(JSON.stringify(tiers)).toContain(
      '{"note":"long","range":[32000,128000],"cache_read_input_token_cost":0.00000018,' +
        '"input_cost_per_token":0.000007,',
    )
  })

  it('are written by name where the catalog has others', () => {
    const row = withAmounts({ 'output;tier=32000': 'none' })
    expect(row['tiered_pricing']).toBeUndefined()
    expect(JSON.stringify(row)).toContain('"input_cost_per_token":0.000001,')
    expect(JSON.stringify(row)).toContain('"input_cost_per_token_above_32k_tokens":0.0000018,')
  })
})

function modelOf(provider: string, modelId: string): CatalogModel {
  const found = modelsOf(fixture).find(
    (model) => model.provider === provider && model.modelId === modelId,
  )
  if (!found) throw new Error(`no ${modelId}`)
  return found
}

function rowWith(components: PriceComponent[]): JsonObject {
  return rendered('alpha-1', [{ ...merged('models-dev', []), prices: { components } }])
}

/** `alpha-1` of the fixture, as if `upstream` had stated it. */
function merged(upstream: string, overrides: ModelOverride[]): CatalogModel {
  const slice = readPayload(litellm, fixture).slices.get('anthropic')
  const listings = (slice?.listings ?? []).map((listing): StatedListing => {
    const extra = upstream === 'litellm' ? listing.extra : {}
    return { ...listing, extra, upstream, state: 'present' }
  })
  return mergeModel({
    provider: 'anthropic',
    modelId: 'alpha-1',
    listings,
    overrides,
    operator: undefined,
    authority: () => 0,
    autoActivate: true,
    today: '2026-01-01',
  })
}

function modelsOf(body: string): CatalogModel[] {
  return catalogOf(litellm, readPayload(litellm, body)).models
}

function rendered(key: string, models: CatalogModel[]): JsonObject {
  const row = rowsOf(renderLitellm(models))[key]
  return isJsonObject(row) ? row : {}
}

function rowsOf(body: string): JsonObject {
  const json = parseJson(body)
  const notModels = new Set(['sample_spec', 'fallback_generalizations', 'last_updated'])
  return Object.fromEntries(
    Object.entries(isJsonObject(json) ? json : {}).filter(([key]) => !notModels.has(key)),
  )
}
