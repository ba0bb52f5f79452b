import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseComponentKey } from '../../src/catalog/component-key.ts'
import { componentKey, Meter, units, type PriceComponent } from '../../src/catalog/price.ts'

const word = fc.stringMatching(/^[a-z0-9][a-z0-9_.=-]{0,8}$/)
const time = fc.constantFrom('00:00', '01:00', '16:30', '23:59')
const day = fc.constantFrom('2026-08-16', '2027-01-01')
const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 })

const component: fc.Arbitrary<PriceComponent> = fc.record(
  {
    meter: fc.constantFrom(...Meter.options),
    amount: fc.constant('1.5'),
    unit: fc.constantFrom(...units),
    mode: word,
    minTokens: fc.integer({ min: 1, max: 2_000_000 }),
    tierSemantics: fc.constant('marginal' as const),
    ttl: word,
    region: word,
    window: fc.record({ from: time, to: time, days }, { requiredKeys: ['from', 'to'] }),
    from: day,
    until: day,
    variant: word,
  },
  { requiredKeys: ['meter', 'amount'] },
)

describe('the key of a price component', () => {
  it('says everything but the amount', () => {
    fc.assert(
      fc.property(component, (one) => {
        expect(parseComponentKey(componentKey(one), one.amount)).toEqual(one)
      }),
    )
  })

  it.each(['nothing', 'input;colour=red', 'input;tier=many', '', 'input;mode'])(
    'refuses %j',
    (key) => {
      expect(() => parseComponentKey(key, '1')).toThrow(z.ZodError)
    },
  )
})
