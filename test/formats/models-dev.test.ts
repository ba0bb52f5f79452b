import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CatalogModel } from '../../src/catalog/model.ts'
import type { PriceComponent } from '../../src/catalog/price.ts'
import { isJsonObject, parseJson, type Json, type JsonObject } from '../../src/json.ts'
import { modelsDev } from '../../src/upstreams/models-dev.ts'
import { catalogOf, readPayload } from '../support/catalog-of.ts'
import { jsonDifferences } from '../support/compare-json.ts'
import { hasSharedData, readShared, sharedDataNote, sharedFiles } from '../support/shared-data.ts'
import { renderModelsDev } from '../support/render-formats.ts'

describe.skipIf(!hasSharedData)(
  `the tree that models.dev served comes back whole${sharedDataNote}`,
  () => {
    it.each(sharedFiles('models-dev', '.gz'))('%s', (file) => {
      const body = readShared(`models-dev/${file}`)
      const snapshot = readPayload(modelsDev, body)
      const { providers, models } = catalogOf(modelsDev, snapshot)
      expect(snapshot.rejects).toEqual([])
      expect(
        jsonDifferences(parseJson(body), parseJson(renderModelsDev(providers, models))),
      ).toEqual([])
    })
  },
)

describe('prices in the tree', () => {
  const amount = fc.integer({ min: 0, max: 999_999_999 }).map((millionths) => millionths / 1e6)
  const amounts = fc.record(
    { input: amount, output: amount, cache_read: amount },
    { requiredKeys: ['input', 'output'] },
  )
  const size = fc.integer({ min: 1000, max: 1_000_000 })
  const tiers = fc
    .uniqueArray(size, { minLength: 1, maxLength: 3 })
    .chain((sizes) =>
      fc.tuple(...sizes.sort((a, b) => a - b).map((size) => fc.tuple(fc.constant(size), amounts))),
    )
    .map((tiers) => tiers.map(([size, each]) => ({ ...each, tier: { type: 'context', size } })))
  const costs = fc
    .tuple(amounts, fc.record({ tiers, context_over_200k: amounts }, { requiredKeys: [] }))
    .map(([base, long]) => ({ ...base, ...long }))

  it('come back as they were stated, tiers in whatever form', () => {
    fc.assert(
      fc.property(costs, (cost) => {
        const stated = JSON.stringify(cost)
        expect(jsonDifferences(parseJson(stated), renderCostOf(modelOf(stated)))).toEqual([])
      }),
    )
  })

  it('are the catalog’s in every form, not what was stated once', () => {
    const fast = '"experimental":{"modes":{"fast":{"cost":{"input":6,"output":8}}}}'
    const model = modelOf(
      '{"input":1,"output":2,"tiers":[{"input":3,"output":4,"tier":{"type":"context","size":272000}}],"context_over_200k":{"input":3,"output":4}}',
      fast,
    )
    const doubled = model.prices.components.map((each) => ({
      ...each,
      amount: `${Number(each.amount) * 2}`,
    }))
    const rendered = render({ ...model, prices: { components: doubled } })
    expect(rendered).toMatchObject({
      cost: {
        input: 2,
        output: 4,
        tiers: [{ input: 6, output: 8, tier: { type: 'context', size: 272_000 } }],
        context_over_200k: { input: 6, output: 8 },
      },
      experimental: { modes: { fast: { cost: { input: 12, output: 16 } } } },
    })
  })

  it('are number literals with all their digits', () => {
    const text = renderModelsDev(
      ...treeOf(modelOf('{"input":0.1000000000000000055,"output":5e-7}')),
    )
    expect(text).toContain('"cost":{"input":0.1000000000000000055,"output":0.0000005}')
  })

  it.each<[string, PriceComponent[], Json | undefined]>([
    ['nothing is known', [], undefined],
    ['only the input has a price', [{ meter: 'input', amount: '1' }], undefined],
    [
      'a tier leaves the output as it is',
      [...flat('1', '2'), { meter: 'input', amount: '3', minTokens: 200_000 }],
      {
        input: 1,
        output: 2,
        tiers: [{ input: 3, output: 2, tier: { type: 'context', size: 200_000 } }],
        context_over_200k: { input: 3, output: 2 },
      },
    ],
    [
      'the cache has prices by time to live',
      [
        ...flat('1', '2'),
        { meter: 'cache_write', amount: '3', ttl: '5m' },
        { meter: 'cache_write', amount: '4', ttl: '1h' },
      ],
      { input: 1, output: 2, cache_write: 3 },
    ],
    [
      'there are batch, night and regional prices and images',
      [
        ...flat('1', '2'),
        { meter: 'input', amount: '3', mode: 'batch' },
        { meter: 'input', amount: '4', window: { from: '16:00', to: '00:00' } },
        { meter: 'input', amount: '5', region: 'eu' },
        { meter: 'input_image_each', amount: '6', unit: 'each' },
      ],
      { input: 1, output: 2 },
    ],
  ])('where %s', (_case, components, cost) => {
    expect(renderCostOf({ ...foreignModel, prices: { components } })).toEqual(cost)
  })

  it('in another currency are left out', () => {
    const prices = { currency: 'CNY', components: flat('1', '2') }
    expect(renderCostOf({ ...foreignModel, prices })).toBeUndefined()
  })
})

describe('a model of another upstream', () => {
  it('has what clients require, with nothing claimed', () => {
    expect(render(foreignModel)).toEqual({
      id: 'alpha',
      name: 'alpha',
      attachment: false,
      reasoning: false,
      tool_call: false,
      release_date: '',
      last_updated: '',
      modalities: { input: ['text'], output: ['text'] },
      open_weights: false,
      limit: { context: 0, output: 0 },
    })
  })
})

describe('the life of a model', () => {
  const model = modelOf('{"input":1,"output":2}')

  it('missing from its list it stays, and is not called deprecated', () => {
    expect(render({ ...model, lifecycle: 'missing' })).toEqual(render(model))
    expect(render(model)).not.toHaveProperty('status')
  })

  it.each<Partial<CatalogModel>>([{ lifecycle: 'retired' }, { review: 'disabled' }])(
    'as %j it is left out',
    (state) => {
      expect(render({ ...model, ...state })).toBeUndefined()
    },
  )
})

function flat(input: string, output: string): PriceComponent[] {
  return [
    { meter: 'input', amount: input },
    { meter: 'output', amount: output },
  ]
}

const foreignModel: CatalogModel = {
  ...modelOf('{"input":1,"output":2}'),
  fields: { name: 'alpha' },
  prices: { components: [] },
  extra: { litellm: { key: 'acme/alpha', cost: 'not of models.dev' } },
}

/** The model of which the tree states this cost, and what `more` says. */
function modelOf(cost: string, more = '"name":"Alpha"'): CatalogModel {
  const body = `{"acme":{"id":"acme","models":{"alpha":{"id":"alpha",${more},"cost":${cost}}}}}`
  const [model] = catalogOf(modelsDev, readPayload(modelsDev, body)).models
  if (!model) throw new Error(`rejected: ${body}`)
  return model
}

function treeOf(model: CatalogModel): Parameters<typeof renderModelsDev> {
  return [[{ id: 'acme', name: 'Acme', env: [], extra: {} }], [model]]
}

function render(model: CatalogModel): JsonObject | undefined {
  const steps = ['acme', 'models', 'alpha']
  const tree = parseJson(renderModelsDev(...treeOf(model)))
  const found = steps.reduce<Json | undefined>(
    (at, key) => (isJsonObject(at) ? at[key] : undefined),
    tree,
  )
  return isJsonObject(found) ? found : undefined
}

function renderCostOf(model: CatalogModel): Json | undefined {
  return render(model)?.['cost']
}
