import { expect, it } from 'vitest'
import { percentMove } from '../../src/catalog/price-move.ts'

it.each([
  ['1.25', '1', '−20'],
  ['1', '1.25', '+25'],
  ['3', '3.25', '+8.3'],
  ['10', '10.0001', '+0.001'],
  ['0.1', '0.3', '+200'],
  ['2', '0', '−100'],
  ['8', '8.8', '+10'],
])('%s → %s is %s %%', (from, to, percent) => {
  expect(percentMove(from, to)).toBe(percent)
})

it('says nothing in per cent of what was free', () => {
  expect(percentMove('0', '1')).toBeUndefined()
})
