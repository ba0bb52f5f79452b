import { describe, expect, it } from 'vitest'
import type { Listing } from '../../src/catalog/listing.ts'
import {
  assessSlice,
  assessValues,
  comparePrices,
  withholdValues,
  type PriceMove,
  type SliceEvidence,
} from '../../src/refresh/plausibility.ts'

const calm: SliceEvidence = {
  previousListings: 100,
  listings: 100,
  entries: 100,
  rejected: 0,
  belowMinimum: false,
  moves: [],
  steadyPrices: 200,
}

const reasonFor = (evidence: Partial<SliceEvidence>) =>
  assessSlice({ ...calm, ...evidence })?.reason

describe('a slice', () => {
  it.each<[string, Partial<SliceEvidence>, string | undefined]>([
    ['that is as before passes', {}, undefined],
    ['that is new passes', { previousListings: 0, listings: 3, entries: 3 }, undefined],
    [
      'that was and stays empty passes',
      { previousListings: 0, listings: 0, entries: 0 },
      undefined,
    ],
    ['that is empty is held', { listings: 0, entries: 0 }, 'empty_slice'],
    ['of a list below its minimum is held', { belowMinimum: true }, 'below_minimum'],
    ['that lost exactly half of ten passes', { previousListings: 10, listings: 5 }, undefined],
    ['that lost more than half is held', { previousListings: 10, listings: 4 }, 'shrink'],
    ['that lost 20 of 100 passes', { listings: 80 }, undefined],
    ['that lost 21 of 100 is held', { listings: 79 }, 'shrink'],
    ['that lost 10 of 40 passes', { previousListings: 40, listings: 30 }, undefined],
    ['that lost 11 of 40 is held', { previousListings: 40, listings: 29 }, 'shrink'],
    ['of a runtime may be empty', { mayShrink: true, listings: 0, entries: 0 }, undefined],
    ['of a runtime may shrink', { mayShrink: true, listings: 1, entries: 1 }, undefined],
    ['of a runtime with rejects is held', { mayShrink: true, rejected: 21 }, 'rejects'],
    ['that grew passes', { listings: 1000 }, undefined],
    ['with 20 % rejects passes', { rejected: 20 }, undefined],
    ['with 21 % rejects is held', { rejected: 21 }, 'rejects'],
  ])('%s', (_title, evidence, reason) => expect(reasonFor(evidence)).toBe(reason))
})

const moves = (count: number, from: string, to: string): PriceMove[] =>
  Array.from({ length: count }, (_, index) => ({
    modelId: `m${index}`,
    component: 'input',
    from,
    to,
  }))

describe('the prices of a slice', () => {
  it.each<[string, PriceMove[], number, string | undefined]>([
    [
      'that move by 10^6 in more than 20 % are a unit',
      moves(21, '0.15', '150000'),
      79,
      'unit_shift',
    ],
    ['that move by 10^6 in 20 % are not', moves(20, '0.15', '150000'), 80, undefined],
    ['that fall by 10^3 in more than 20 % are a unit', moves(21, '15', '0.015'), 79, 'unit_shift'],
    ['that all double are a price change', moves(100, '1', '2'), 0, undefined],
    ['that rise 20 times in 31 % are a unit', moves(31, '1', '23'), 69, 'unit_shift'],
    ['that rise 20 times in 30 % are not', moves(30, '1', '23'), 70, undefined],
    ['that fall 20 times in 31 % are a unit', moves(31, '23', '1'), 69, 'unit_shift'],
    [
      'that fall by 90 % in 31 % are ten times, the same power',
      moves(31, '1', '0.1'),
      69,
      'unit_shift',
    ],
    ['of one model alone are no unit', moves(1, '1', '1000'), 0, undefined],
    ['that become 0 everywhere have no ratio', moves(100, '1', '0'), 0, undefined],
  ])('%s', (_title, moved, steadyPrices, reason) =>
    expect(reasonFor({ moves: moved, steadyPrices })).toBe(reason),
  )
})

const listing = (input: string, contextWindow = 1000): Listing => ({
  provider: 'acme',
  modelId: 'a',
  fields: { contextWindow },
  prices: { components: [{ meter: 'input', amount: input }] },
  extra: {},
})

describe('one value', () => {
  it.each<[string, Listing, Listing, string[]]>([
    ['that rises 9.99 times passes', listing('1'), listing('9.99'), []],
    ['that rises 10 times is held', listing('0.15'), listing('1.5'), ['price.input']],
    ['that falls to a tenth is held', listing('1.5'), listing('0.15'), ['price.input']],
    ['that falls to 0.11 passes', listing('1'), listing('0.11'), []],
    ['that was paid and becomes 0 is held', listing('1'), listing('0'), ['price.input']],
    ['that was free and costs something now passes', listing('0'), listing('1'), []],
    ['of a context that halves passes', listing('1', 1000), listing('1', 500), []],
    [
      'of a context that shrinks to less than half is held',
      listing('1', 1000),
      listing('1', 499),
      ['contextWindow'],
    ],
  ])('%s', (_title, before, after, fields) => {
    const held = assessValues(before, after)
    expect(held.map(({ field }) => field)).toEqual(fields)
    expect(withholdValues(before, after, held)).toEqual(fields.length > 0 ? before : after)
  })

  it('in another currency says nothing about the old one', () => {
    const after = {
      ...listing('7'),
      prices: { currency: 'CNY', components: [{ meter: 'input' as const, amount: '100' }] },
    }
    expect(comparePrices(listing('1'), after)).toEqual({ moves: [], steady: 0 })
  })
})
