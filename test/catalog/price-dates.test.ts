import { describe, expect, it } from 'vitest'
import { componentKey, type PriceComponent } from '../../src/catalog/price.ts'
import { pricesInForce } from '../../src/catalog/price-dates.ts'

function on(day: string, ...components: PriceComponent[]): Record<string, string> {
  const sheet = pricesInForce({ components }, day)
  return Object.fromEntries(sheet.components.map((one) => [componentKey(one), one.amount]))
}

describe('on a day', () => {
  const first: PriceComponent = { meter: 'input', amount: '10', until: '2025-06-10' }
  const then: PriceComponent = { meter: 'input', amount: '2', from: '2025-06-10' }

  it('the price in force is the flat one and the next keeps its date', () => {
    expect(on('2025-06-09', first, then)).toEqual({ input: '10', 'input;from=2025-06-10': '2' })
  })

  it('a price begins on its first day, and the past one is gone', () => {
    expect(on('2025-06-10', first, then)).toEqual({ input: '2' })
  })

  it('a dated price in force comes before an undated one', () => {
    const undated: PriceComponent = { meter: 'input', amount: '5' }
    expect(on('2025-07-01', then, undated)).toEqual({ input: '2' })
    expect(on('2025-06-01', then, undated)).toEqual({ input: '5', 'input;from=2025-06-10': '2' })
  })

  it('other circumstances stay', () => {
    expect(on('2025-07-01', { ...then, minTokens: 1000 })).toEqual({ 'input;tier=1000': '2' })
  })

  it('a sheet without dates is the same sheet', () => {
    const sheet = { dynamic: true as const, components: [] }
    expect(pricesInForce(sheet, '2025-07-01')).toBe(sheet)
  })
})
