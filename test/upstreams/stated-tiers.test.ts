import { expect, it } from 'vitest'
import { tokenPrice } from '../../src/upstreams/stated-prices.ts'
import { readStatedTiers } from '../../src/upstreams/stated-tiers.ts'
import { isJsonObject, type Json } from '../../src/json.ts'

const table = {
  input: tokenPrice('usdPerMillionTokens', 'input'),
  output: tokenPrice('usdPerMillionTokens', 'output'),
}

function read(stated: Json | undefined) {
  return readStatedTiers(
    stated,
    (tier) => {
      const { above, ...prices } = isJsonObject(tier) ? tier : {}
      return typeof above === 'number' ? { minTokens: above, prices } : undefined
    },
    table,
  )
}

it('makes a ladder of tiers', () => {
  const ladder = [
    { above: 0, input: 1, output: 2 },
    { above: 200_000, input: 3 },
  ]
  expect(read(ladder)).toEqual({
    components: [
      { meter: 'input', amount: '1' },
      { meter: 'output', amount: '2' },
      { meter: 'input', amount: '3', minTokens: 200_000 },
    ],
    isWhole: true,
  })
})

it('says that a tier has more than prices', () => {
  expect(read([{ above: 0, input: 1, weekends: 2 }])).toEqual({
    components: [{ meter: 'input', amount: '1' }],
    isWhole: false,
  })
})

it.each([
  ['no list', { above: 0, input: 1 }],
  ['nothing', undefined],
  ['a tier without a bound', [{ above: 0, input: 1 }, { input: 2 }]],
  ['a tier that is no object', [{ above: 0, input: 1 }, 'more']],
  [
    'two tiers with one bound',
    [
      { above: 0, input: 1 },
      { above: 0, input: 2 },
    ],
  ],
  ['the price of a router', [{ above: 0, input: -1 }]],
] satisfies [string, Json | undefined][])('takes nothing of %s', (_what, stated) => {
  expect(read(stated)).toBeUndefined()
})

it('throws for an amount that is none', () => {
  expect(() => read([{ above: 0, input: 'cheap' }])).toThrow(
    expect.objectContaining({ reason: expect.any(String) }),
  )
})
