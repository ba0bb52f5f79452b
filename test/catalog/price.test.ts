import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  componentKey,
  InvalidPrice,
  ladderKey,
  priceState,
  readAmount,
  sortComponents,
  type PriceUnit,
} from '../../src/catalog/price.ts'
import { parseJson } from '../../src/json.ts'

function reasonOf(work: () => unknown): string {
  try {
    return String(work())
  } catch (error) {
    if (error instanceof InvalidPrice) return error.reason
    throw error
  }
}

describe('a stated price', () => {
  it.each<[string, PriceUnit, string]>([
    ['"0.00000014"', 'usdPerToken', '0.14'],
    ['5e-7', 'usdPerToken', '0.5'],
    ['"5e-7"', 'usdPerToken', '0.5'],
    ['2.5e-06', 'usdPerToken', '2.5'],
    ['14000', 'tenThousandthsUsdPerMillionTokens', '1.4'],
    ['0.00008', 'centsPerToken', '0.8'],
    ['0.0011', 'usdPerThousandTokens', '1.1'],
    ['1.25', 'usdPerMillionTokens', '1.25'],
    ['0', 'usdPerToken', '0'],
    ['"0"', 'usdPerToken', '0'],
    ['3.0000000000000004e-07', 'usdPerToken', '0.30000000000000004'],
    ['-1', 'usdPerToken', 'dynamic'],
    ['"-1"', 'usdPerToken', 'dynamic'],
    ['null', 'usdPerToken', 'undefined'],
    ['""', 'usdPerToken', 'undefined'],
  ])('%s as %s is %s', (json, unit, amount) => {
    expect(String(readAmount(parseJson(json), unit))).toBe(amount)
  })

  it.each([
    ['"$0.5"', 'price_not_a_number'],
    ['"NaN"', 'price_not_a_number'],
    ['"0x10"', 'price_not_a_number'],
    ['"0.15 USD"', 'price_not_a_number'],
    ['"٠٫١٥"', 'price_not_a_number'],
    ['true', 'price_not_a_number'],
    ['{}', 'price_not_a_number'],
    ['-0.5', 'price_negative'],
    ['"-2"', 'price_negative'],
    ['1000000', 'price_absurd'],
    ['1e21', 'price_absurd'],
    ['0.0000000000000000000000001', 'price_too_precise'],
  ])('%s is refused as %s', (json, reason) => {
    expect(reasonOf(() => readAmount(parseJson(json), 'usdPerMillionTokens'))).toBe(reason)
  })

  it('may begin with a dollar sign where the upstream writes one', () => {
    expect(readAmount('$0.00000055', 'usdPerToken', { dollarSign: true })).toBe('0.55')
  })

  it('is exact for every decimal of up to 12 places per token', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 11n }), (picodollars) => {
        const text = `0.${String(picodollars).padStart(12, '0')}`
        const amount = readAmount(parseJson(text), 'usdPerToken')
        const [whole = '', fraction = ''] = String(amount).split('.')
        expect(BigInt(whole + fraction.padEnd(6, '0'))).toBe(picodollars)
      }),
    )
  })
})

describe('components', () => {
  it('are told apart by their circumstances', () => {
    expect(componentKey({ meter: 'input', amount: '1' })).toBe('input')
    expect(componentKey({ meter: 'cache_write', amount: '1', ttl: '1h', minTokens: 200_000 })).toBe(
      'cache_write;ttl=1h;tier=200000',
    )
    expect(ladderKey({ meter: 'input', amount: '1', mode: 'batch', minTokens: 200_000 })).toBe(
      'input;mode=batch',
    )
  })

  it('sort the same whatever their order', () => {
    const components = [
      { meter: 'output', amount: '2' },
      { meter: 'input', amount: '1' },
      { meter: 'input', amount: '3', mode: 'batch' },
    ] as const
    expect(sortComponents(components.toReversed())).toEqual(sortComponents(components))
  })

  it('tell unknown, free and dynamic apart', () => {
    expect(priceState({ components: [] })).toBe('unknown')
    expect(priceState({ components: [{ meter: 'input', amount: '0' }] })).toBe('free')
    expect(priceState({ dynamic: true, components: [] })).toBe('dynamic')
    expect(
      priceState({
        components: [
          { meter: 'input', amount: '0' },
          { meter: 'output', amount: '1' },
        ],
      }),
    ).toBe('priced')
  })
})
