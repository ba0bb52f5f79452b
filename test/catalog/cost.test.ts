import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf, type Circumstances } from '../../src/catalog/cost.ts'
import type { Meter, PriceComponent, PriceSheet } from '../../src/catalog/price.ts'

const at = new Date('2026-11-27T12:00:00Z')
const plain: PriceComponent[] = [
  { meter: 'input', amount: '1.25' },
  { meter: 'output', amount: '10' },
  { meter: 'cache_read', amount: '0.125' },
]

function cost(
  components: PriceComponent[],
  usage: Partial<Record<Meter, string>>,
  given: Partial<Circumstances> = {},
) {
  const entries = Object.entries(usage) as [Meter, string][]
  return costOf({ components }, new Map(entries), { at, ...given })
}

function totalOf(...parameters: Parameters<typeof cost>): string | null {
  return cost(...parameters).total
}

describe('the cost of a usage', () => {
  it('is exact to the last digit', () => {
    expect(totalOf(plain, { input: '1', output: '1', cache_read: '1' })).toBe('0.000011375')
    const tiny = [{ meter: 'input' as const, amount: '0.0024499999999999995' }]
    expect(totalOf(tiny, { input: '3' })).toBe('0.0000000073499999999999985')
  })

  it('is unknown where something that was used has no price, and says what', () => {
    expect(cost(plain, { input: '1', web_search: '2' })).toMatchObject({
      total: null,
      unpriced: ['web_search'],
      lines: [{ meter: 'input' }],
    })
    expect(totalOf([], { input: '1' })).toBeNull()
  })

  it('of nothing is nothing, of a free model too', () => {
    expect(totalOf(plain, { input: '0', web_search: '0' })).toBe('0')
    expect(cost([{ meter: 'input', amount: '0' }], { input: '5' })).toMatchObject({
      state: 'free',
      total: '0',
    })
  })

  it('is unknown for a router, whose price depends on the request', () => {
    const sheet: PriceSheet = { dynamic: true, components: [{ meter: 'input', amount: '1' }] }
    expect(costOf(sheet, new Map([['input', '1']]), { at })).toMatchObject({
      state: 'dynamic',
      total: null,
    })
  })

  it('charges as another meter what has no price of its own, and says as which', () => {
    const { lines, total } = cost(plain, { reasoning: '1000000', cache_write: '1000000' })
    expect(total).toBe('11.25')
    expect(lines).toMatchObject([
      { meter: 'reasoning', chargedAs: 'output' },
      { meter: 'cache_write', chargedAs: 'input' },
    ])
  })
})

describe('context tiers', () => {
  const cliff: PriceComponent[] = [
    { meter: 'input', amount: '1' },
    { meter: 'input', amount: '2', minTokens: 200_000 },
    { meter: 'output', amount: '10' },
    { meter: 'output', amount: '15', minTokens: 200_000 },
  ]
  it.each([
    ['at the bound the lower price counts', { input: '200000' }, '0.2'],
    ['above it the whole prompt costs the higher one', { input: '200001' }, '0.400002'],
    ['cached tokens count for the tier', { input: '1', cache_read: '200000' }, '0.400002'],
    ['so does the answer’s price', { input: '300000', output: '1000' }, '0.615'],
  ])('%s', (_case, usage, total) => {
    expect(totalOf(cliff, usage)).toBe(total)
  })

  it('follow the prompt that is stated, where it is', () => {
    expect(totalOf(cliff, { input: '10' }, { promptTokens: '250000' })).toBe('0.00002')
  })

  it('that are marginal cost only what is above their bound', () => {
    const marginal = cliff.map((one) =>
      one.minTokens === undefined ? one : { ...one, tierSemantics: 'marginal' as const },
    )
    expect(cost(marginal, { input: '300000' })).toMatchObject({
      total: '0.4',
      lines: [
        { quantity: '200000' },
        { quantity: '100000', component: 'input;tier=200000;tiers=marginal' },
      ],
    })
  })
})

describe('modes, regions, times to live', () => {
  const sheet: PriceComponent[] = [
    ...plain,
    { meter: 'input', amount: '0.625', mode: 'batch' },
    { meter: 'input', amount: '1.5', region: 'eu' },
    { meter: 'cache_write', amount: '2', ttl: '1h' },
    { meter: 'cache_write', amount: '1.5', ttl: '5m' },
  ]
  it.each([
    ['the standard price is not that of a mode or region', {}, { input: '1000000' }, '1.25'],
    ['a mode', { mode: 'batch' }, { input: '1000000' }, '0.625'],
    [
      'a meter without a price in the mode keeps its own',
      { mode: 'batch' },
      { output: '1000000' },
      '10',
    ],
    ['a region', { region: 'eu' }, { input: '1000000' }, '1.5'],
    [
      'the shortest time to live, unless another is asked for',
      {},
      { cache_write: '1000000' },
      '1.5',
    ],
    ['a time to live', { ttl: '1h' }, { cache_write: '1000000' }, '2'],
  ])('%s', (_case, given, usage, total) => {
    expect(totalOf(sheet, usage, given)).toBe(total)
  })
})

describe('variants', () => {
  const search = { meter: 'web_search', unit: 'each' } as const
  const sheet: PriceComponent[] = [
    ...plain,
    { ...search, amount: '0.025', variant: 'low' },
    { ...search, amount: '0.03', variant: 'high' },
  ]

  it('are prices of their meter, and leave the others as they are', () => {
    const usage = { input: '1000000', web_search: '10' }
    expect(totalOf(sheet, usage, { variant: 'high' })).toBe('1.55')
    expect(cost(sheet, usage)).toMatchObject({ total: null, unpriced: ['web_search'] })
  })
})

describe('windows and dates', () => {
  const peak = { from: '01:00', to: '04:00', days: [1, 2, 3, 4, 5] }
  const night: PriceComponent[] = [
    { meter: 'input', amount: '1' },
    { meter: 'input', amount: '2', window: peak },
    { meter: 'output', amount: '3' },
    { meter: 'output', amount: '6', window: { from: '22:00', to: '02:00', days: [5] } },
  ]
  it.each([
    ['inside on a working day', '2026-11-27T01:00:00Z', { input: '1000000' }, '2'],
    ['at its end', '2026-11-27T04:00:00Z', { input: '1000000' }, '1'],
    ['on a Saturday', '2026-11-28T02:00:00Z', { input: '1000000' }, '1'],
    ['on Friday before midnight', '2026-11-27T23:00:00Z', { output: '1000000' }, '6'],
    ['after midnight it is still Friday’s', '2026-11-28T01:00:00Z', { output: '1000000' }, '6'],
    ['but not a day later', '2026-11-29T01:00:00Z', { output: '1000000' }, '3'],
  ])('a window applies %s', (_case, moment, usage, total) => {
    expect(totalOf(night, usage, { at: new Date(moment) })).toBe(total)
  })

  it('a window with equal bounds is all day', () => {
    const weekend = { from: '00:00', to: '00:00', days: [6, 7] }
    const halved: PriceComponent[] = [
      { meter: 'input', amount: '2' },
      { meter: 'input', amount: '1', window: weekend },
    ]
    const on = (day: string) =>
      totalOf(halved, { input: '1000000' }, { at: new Date(`2026-11-${day}`) })
    expect([
      on('27T23:59:00Z'),
      on('28T00:00:00Z'),
      on('29T23:59:00Z'),
      on('30T00:00:00Z'),
    ]).toEqual(['2', '1', '1', '2'])
  })

  it('a price that is announced counts from its day on', () => {
    const announced: PriceComponent[] = [
      { meter: 'input', amount: '1' },
      { meter: 'input', amount: '3', from: '2027-01-01' },
    ]
    const on = (moment: string) =>
      totalOf(announced, { input: '1000000' }, { at: new Date(moment) })
    expect([on('2026-12-31T23:59:59Z'), on('2027-01-01T00:00:00Z')]).toEqual(['1', '3'])
  })
})

describe('whatever is used', () => {
  const quantity = fc.integer({ min: 0, max: 3_000_000 })
  it('the lines of a marginal ladder add up to the quantity', () => {
    const ladder: PriceComponent[] = [0, 1000, 50_000].map((minTokens) => ({
      meter: 'input',
      amount: String(1 + minTokens),
      ...(minTokens === 0 ? {} : { minTokens, tierSemantics: 'marginal' as const }),
    }))
    fc.assert(
      fc.property(quantity, (tokens) => {
        const { lines } = cost(ladder, { input: String(tokens) })
        expect(lines.reduce((sum, line) => sum + Number(line.quantity), 0)).toBe(tokens)
      }),
    )
  })

  it('twice the tokens of a flat price cost twice as much', () => {
    fc.assert(
      fc.property(quantity, quantity, (input, output) => {
        const once = totalOf(plain, { input: String(input), output: String(output) })
        const twice = totalOf(plain, { input: String(2 * input), output: String(2 * output) })
        // In units of 1e-8, which these prices are multiples of.
        expect(Math.round(Number(twice) * 1e8)).toBe(2 * Math.round(Number(once) * 1e8))
      }),
    )
  })
})
