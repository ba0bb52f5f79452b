import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mergeModel, type ModelOverride, type StatedListing } from '../../src/catalog/merge.ts'
import type { CatalogModel } from '../../src/catalog/model.ts'
import { renderLitellm } from '../../src/http/formats/litellm.ts'
import { isJsonObject, parseJson, type JsonObject } from '../../src/json.ts'
import { litellm } from '../../src/upstreams/litellm.ts'
import { catalogOf, readPayload } from '../support/catalog-of.ts'
import { jsonDifferences } from '../support/compare-json.ts'
import { hasSharedData, readShared, sharedDataNote, sharedFiles } from '../support/shared-data.ts'

const folder = 'upstreams/litellm/series'
const fixture = readFileSync(new URL('../fixtures/upstreams/litellm.json', import.meta.url), 'utf8')

it('the fixture comes back whole', () => {
  expect(jsonDifferences(rowsOf(fixture), parseJson(renderLitellm(modelsOf(fixture))))).toEqual([])
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

  it('has no name for a price of a region or an hour', () => {
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
})

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
