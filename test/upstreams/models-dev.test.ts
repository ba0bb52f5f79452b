import { describe, expect, it } from 'vitest'
import { componentKey, flatAmount, type PriceSheet } from '../../src/catalog/price.ts'
import type { Listing } from '../../src/catalog/listing.ts'
import type { ReadPayload } from '../support/catalog-of.ts'
import { modelsDev } from '../../src/upstreams/models-dev.ts'
import { readPayload } from '../support/catalog-of.ts'
import { hasSharedData, readShared, sharedDataNote, sharedFiles } from '../support/shared-data.ts'

describe('a model of the tree', () => {
  it('has what it states as fields, and the rest under its own names', () => {
    const { fields, extra } = read({
      id: 'alpha',
      name: 'Alpha',
      tool_call: true,
      canonical_model_id: 'acme/alpha-base',
      modalities: { input: ['text', 'image'], output: ['text'] },
      limit: { context: 200_000, output: 8192 },
      status: 'beta',
      interleaved: { field: 'reasoning_content' },
    })
    expect(fields).toEqual({
      name: 'Alpha',
      baseModel: 'acme/alpha-base',
      contextWindow: 200_000,
      maxOutputTokens: 8192,
      inputModalities: ['text', 'image'],
      outputModalities: ['text'],
      vision: true,
      audio: false,
      imageGeneration: false,
      functionCalling: true,
      stage: 'beta',
    })
    expect(extra).toEqual({ interleaved: { field: 'reasoning_content' } })
  })

  it('has no limit where it states 0, which is kept as it was', () => {
    const { fields, extra } = read({ limit: { context: 0, output: 4096, batch: 7 } })
    expect(fields).toEqual({ maxOutputTokens: 4096 })
    expect(extra).toEqual({ limit: { context: 0, batch: 7 } })
  })

  it('keeps an id that is not its key', () => {
    expect(read({ id: 'Alpha' }).extra).toEqual({ id: 'Alpha' })
  })

  it.each([
    [{ name: 7 }, 'invalid_field'],
    [{ limit: { context: 1.5 } }, 'invalid_field'],
    [{ limit: { context: -1 } }, 'invalid_field'],
    [{ cost: [1, 2] }, 'invalid_field'],
    [{ cost: { input: 'cheap' } }, 'price_not_a_number'],
    [{ cost: { input: -0.5 } }, 'price_negative'],
  ])('%j is rejected as %s', (model, reason) => {
    const { rejects } = readTree({ acme: { models: { alpha: model } } })
    expect(rejects.map((reject) => reject.reason)).toEqual([reason])
  })
})

describe('prices of the tree', () => {
  const amounts = { input: 3, output: 15, cache_read: 0.3 }

  it('keep null as unknown, and the digits of what is stated', () => {
    const { prices, extra } = readBody(
      '{"input":0.1000000000000000055,"output":5e-7,"reasoning":null}',
    )
    expect(amountsOf(prices)).toEqual({ input: '0.1000000000000000055', output: '0.0000005' })
    expect(extra).toEqual({ cost: { reasoning: null } })
  })

  it.each([
    ['context_over_200k alone', { context_over_200k: amounts }, 200_000, ['context_over_200k']],
    ['tiers alone', { tiers: [tier(32_000, amounts)] }, 32_000, ['tiers']],
    [
      'both, which repeat each other at any size',
      { tiers: [tier(272_000, amounts)], context_over_200k: amounts },
      272_000,
      ['tiers', 'context_over_200k'],
    ],
  ])('know a tier from %s', (_form, cost, size, forms) => {
    const { prices, extra } = read({ cost: { input: 1, output: 2, ...cost } })
    expect(amountsOf(prices)).toEqual({
      input: '1',
      output: '2',
      [`input;tier=${size}`]: '3',
      [`output;tier=${size}`]: '15',
      [`cache_read;tier=${size}`]: '0.3',
    })
    expect(extra).toEqual({ cost_forms: forms })
  })

  it('believe the tiers where context_over_200k differs, and keep it', () => {
    const { prices, extra } = read({
      cost: { tiers: [tier(200_000, amounts)], context_over_200k: { input: 9, output: 9 } },
    })
    expect(amountsOf(prices)['input;tier=200000']).toBe('3')
    expect(extra).toEqual({
      cost: { context_over_200k: { input: 9, output: 9 } },
      cost_forms: ['tiers'],
    })
  })

  it('keep tiers of another kind as they are', () => {
    const tiers = [{ input: 1, tier: { type: 'resolution', size: 1024 } }]
    const { prices, extra } = read({ cost: { input: 1, tiers } })
    expect(amountsOf(prices)).toEqual({ input: '1' })
    expect(extra).toEqual({ cost: { tiers } })
  })

  it('have the modes, of which the whole is kept', () => {
    const experimental = { modes: { fast: { cost: { input: 30 }, provider: { body: {} } } } }
    const { prices, extra } = read({ cost: { input: 5 }, experimental })
    expect(amountsOf(prices)).toEqual({ input: '5', 'input;mode=fast': '30' })
    expect(extra).toEqual({ experimental })
  })

  it('have a key __proto__ like any other', () => {
    const { extra } = readBody('{"input":1,"__proto__":{"x":0.5}}')
    expect(JSON.stringify(extra)).toBe('{"cost":{"__proto__":{"x":0.5}}}')
  })
})

describe('a provider of the tree', () => {
  it('has its facts, and all else in extra', () => {
    const { slices } = readTree({
      acme: {
        id: 'acme',
        name: 'Acme',
        env: ['ACME_KEY'],
        npm: 7,
        api: 'https://acme',
        logo: 'x',
        models: {},
      },
    })
    expect(slices.get('acme')?.facts).toEqual({
      name: 'Acme',
      env: ['ACME_KEY'],
      api: 'https://acme',
      extra: { npm: 7, logo: 'x' },
    })
  })

  it('that is no object is a reject, and the others are taken', () => {
    const { slices, rejects } = readTree({ acme: { models: { alpha: {} } }, broken: 'soon' })
    expect(rejects.map(({ provider, reason }) => [provider, reason])).toEqual([
      ['broken', 'id_empty'],
    ])
    expect(slices.get('acme')?.listings).toHaveLength(1)
  })

  it('may be called __proto__', () => {
    const { slices } = readPayload(modelsDev, '{"__proto__":{"models":{"__proto__":{"name":"P"}}}}')
    expect(slices.get('__proto__')?.listings[0]).toMatchObject({
      modelId: '__proto__',
      fields: { name: 'P' },
    })
  })
})

describe.skipIf(!hasSharedData)(`what models.dev served${sharedDataNote}`, () => {
  it.each([
    ['2025-07-02', 'openai', 'gpt-4o', '2.5', '10'],
    ['2026-07-01', 'openai', 'gpt-4o', '2.5', '10'],
    ['2026-09-04', 'openai', 'gpt-4o', '2.5', '10'],
    ['2026-09-04', 'anthropic', 'claude-sonnet-4-5', '3', '15'],
  ])('%s says of %s %s: USD %s and %s per million tokens', (date, provider, id, input, output) => {
    const { slices } = readPayload(modelsDev, readShared(`models-dev/${date}.api.json.gz`))
    const sheet = slices.get(provider)?.listings.find(({ modelId }) => modelId === id)?.prices
    expect(sheet && [flatAmount(sheet, 'input'), flatAmount(sheet, 'output')]).toEqual([
      input,
      output,
    ])
  })

  it('has enough entries from the first day on', () => {
    const [first = ''] = sharedFiles('models-dev', '.gz')
    const { entries } = readPayload(modelsDev, readShared(`models-dev/${first}`))
    expect(entries).toBeGreaterThan(modelsDev.minimumEntries)
  })
})

function tier(size: number, amounts: Record<string, number>): Record<string, unknown> {
  return { ...amounts, tier: { type: 'context', size } }
}

function readTree(tree: Record<string, unknown>): ReadPayload {
  return readPayload(modelsDev, JSON.stringify(tree))
}

/** The listing of one model of which the tree states this. */
function read(model: Record<string, unknown>): Listing {
  return onlyListing(readTree({ acme: { models: { alpha: { id: 'alpha', ...model } } } }))
}

function readBody(cost: string): Listing {
  return onlyListing(readPayload(modelsDev, `{"acme":{"models":{"alpha":{"cost":${cost}}}}}`))
}

function onlyListing({ slices, rejects }: ReadPayload): Listing {
  const [listing] = slices.get('acme')?.listings ?? []
  if (!listing) throw new Error(`rejected: ${JSON.stringify(rejects)}`)
  return listing
}

function amountsOf({ components }: PriceSheet): Record<string, string> {
  return Object.fromEntries(components.map((each) => [componentKey(each), each.amount]))
}
