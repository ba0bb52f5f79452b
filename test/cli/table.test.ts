import { describe, expect, it } from 'vitest'
import { renderTable } from '../../src/cli/table.ts'
import { age, count, duration } from '../../src/cli/times.ts'

describe('a table', () => {
  it('aligns its columns, and its text steers no terminal', () => {
    const table = renderTable(
      ['model', '$', 'state'],
      [
        ['lab/a\u001B[31m', '1.25', { text: 'ac\u0007tive', colour: 'green' }],
        ['lab/longer\nname', '10', 'gone'],
      ],
      { right: [1] },
    )
    expect(table.split('\n')).toEqual([
      'model               $  state',
      'lab/a[31m        1.25  active',
      'lab/longer name    10  gone',
    ])
  })
})

describe('times in words', () => {
  const now = new Date('2026-05-01T12:00:00Z')
  it.each([
    [0, 'now'],
    [59_999, '59 s'],
    [100_000, '1 min'],
    [7_200_000, '2 h'],
    [259_200_000, '3 d'],
    [-5000, 'now'],
  ])('an age of %i ms is %s', (ms, text) => {
    expect(age(new Date(now.getTime() - ms), now)).toBe(text)
  })

  it('never is an age, too', () => {
    expect(age(null)).toBe('never')
  })

  it.each([
    [12.4, '12 ms'],
    [1449, '1.4 s'],
    [200_000, '3 min 20 s'],
  ])('%d ms last %s', (ms, text) => {
    expect(duration(ms)).toBe(text)
  })

  it('counts in the plural of the noun', () => {
    expect([count(1, 'entry', 'entries'), count(12_345, 'model')]).toEqual([
      '1 entry',
      '12,345 models',
    ])
  })
})
