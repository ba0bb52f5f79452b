import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeModel, type MergeInput, type StatedListing } from '../../src/catalog/merge.ts'
import type { PriceComponent } from '../../src/catalog/price.ts'

const stated = (
  upstream: string,
  fields: StatedListing['fields'],
  components: PriceComponent[] = [],
  state: StatedListing['state'] = 'present',
): StatedListing => ({
  upstream,
  provider: 'acme',
  modelId: 'a',
  state,
  fields,
  prices: { components },
  extra: { from: upstream },
})

const ranks = ['own', 'models-dev', 'litellm', 'genai-prices']

const merge = (listings: StatedListing[], more: Partial<MergeInput> = {}) =>
  mergeModel({
    provider: 'acme',
    modelId: 'a',
    listings,
    overrides: [],
    operator: undefined,
    authority: (upstream) => ranks.indexOf(upstream),
    autoActivate: true,
    today: '2026-06-01',
    ...more,
  })

describe('a merged model', () => {
  it('takes each field from the best upstream that states it', () => {
    const model = merge([
      stated('litellm', { name: 'L', contextWindow: 2 }),
      stated('own', { name: 'O' }),
      stated('models-dev', { family: 'f' }),
    ])
    expect(model.fields).toEqual({ name: 'O', contextWindow: 2, family: 'f' })
    expect(model.provenance).toEqual({
      name: 'own',
      contextWindow: 'litellm',
      family: 'models-dev',
    })
    expect(model.extra).toEqual({
      own: { from: 'own' },
      litellm: { from: 'litellm' },
      'models-dev': { from: 'models-dev' },
    })
  })

  it('puts overrides on top of everything', () => {
    const overrides = [
      { field: 'name', value: 'X' },
      { field: 'price.input', value: '7' },
      { field: 'price.input;mode=batch', value: '3' },
    ]
    const model = merge([stated('own', { name: 'O' }, [{ meter: 'input', amount: '1' }])], {
      overrides,
    })
    expect(model.fields.name).toBe('X')
    expect(model.prices.components).toEqual([
      { meter: 'input', amount: '7' },
      { meter: 'input', amount: '3', mode: 'batch' },
    ])
    expect(model.provenance).toEqual({
      name: 'override',
      'price.input': 'override',
      'price.input;mode=batch': 'override',
    })
  })

  it('never stitches the tiers of one source onto the price of another', () => {
    const model = merge([
      stated('models-dev', {}, [{ meter: 'input', amount: '1' }]),
      stated('litellm', {}, [
        { meter: 'input', amount: '2' },
        { meter: 'input', amount: '4', minTokens: 200_000 },
        { meter: 'input', amount: '0.5', mode: 'batch' },
      ]),
    ])
    expect(model.prices.components).toEqual([
      { meter: 'input', amount: '1' },
      { meter: 'input', amount: '0.5', mode: 'batch' },
    ])
    expect(model.conflicts).toEqual(['price.input'])
  })

  it('prefers a listing that is present to a missing one of a better source', () => {
    const model = merge([
      stated('own', { name: 'O', family: 'f' }, [], 'missing'),
      stated('litellm', { name: 'L' }),
    ])
    expect(model).toMatchObject({ fields: { name: 'L', family: 'f' }, lifecycle: 'active' })
  })

  it.each([
    [['present', 'missing'], 'active'],
    [['missing', 'missing'], 'missing'],
    [['missing', 'retired'], 'missing'],
    [['retired', 'retired'], 'retired'],
  ] as const)('whose listings are %j is %s', (states, lifecycle) => {
    const listings = states.map((state, index) =>
      stated(ranks[index] ?? '', { name: 'n' }, [], state),
    )
    expect(merge(listings).lifecycle).toBe(lifecycle)
  })

  it('is deprecated from the announced day on', () => {
    const listing = stated('own', { deprecatedAt: '2026-06-02' })
    expect(merge([listing]).lifecycle).toBe('active')
    expect(merge([listing], { today: '2026-06-02' }).lifecycle).toBe('deprecated')
  })

  it('keeps what operators decided, and waits for them where it must', () => {
    expect(merge([stated('own', {})], { autoActivate: false }).review).toBe('new')
    expect(
      merge([stated('own', {})], { operator: { review: 'disabled', tiers: ['pro'] } }),
    ).toMatchObject({ review: 'disabled', tiers: ['pro'] })
  })

  it('is named by its id where nobody names it', () => {
    expect(merge([stated('own', {})]).fields.name).toBe('a')
  })

  it('does not depend on the order of its listings', () => {
    const listing = fc.constantFrom(...ranks).chain((upstream) =>
      fc
        .record({
          name: fc.option(fc.string({ minLength: 1 })),
          state: fc.constantFrom<StatedListing['state']>('present', 'missing', 'retired'),
          input: fc.option(fc.constantFrom('1', '2')),
        })
        .map(({ name, state, input }) =>
          stated(
            upstream,
            name === null ? {} : { name },
            input === null ? [] : [{ meter: 'input', amount: input }],
            state,
          ),
        ),
    )
    const listings = fc.uniqueArray(listing, { selector: ({ upstream }) => upstream, minLength: 1 })
    fc.assert(
      fc.property(listings, (all) => {
        expect(merge(all.toReversed())).toEqual(merge(all))
      }),
    )
  })
})
