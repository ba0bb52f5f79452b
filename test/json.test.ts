import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalDecimal, canonicalJson, JsonDecimal, parseJson } from '../src/json.ts'

describe('numbers', () => {
  it.each([
    ['5e-7', '0.0000005'],
    ['0.1', '0.1'],
    ['1.50', '1.5'],
    ['0.30000000000000004', '0.30000000000000004'],
    ['123456789012345678901', '123456789012345678901'],
    ['2.5E-8', '0.000000025'],
    ['1.0000000000000000000001', '1.0000000000000000000001'],
    ['9007199254740993', '9007199254740993'],
    ['1e-20', `0.${'0'.repeat(19)}1`],
    ['1e-400', `0.${'0'.repeat(399)}1`],
  ])('%s keeps its digits', (literal, plain) => {
    const value = parseJson(`[${literal}]`)
    expect(value).toEqual([new JsonDecimal(plain)])
    expect(JSON.stringify(value)).toBe(`[${plain}]`)
  })

  it('are plain numbers where a binary number is exact', () => {
    expect(parseJson('[0, -1, 128000, 1e3, 1.0]')).toEqual([0, -1, 128_000, 1000, 1])
  })

  it.each(['', 'abc', '0x10', '1e', '.5', '٣', 'NaN', 'Infinity', '1 2', '0.15 USD', '1e99999'])(
    '%j is no decimal',
    (text) => expect(canonicalDecimal(text)).toBeUndefined(),
  )

  it('have one canonical form however they are written', () => {
    const parts = fc.record({
      digits: fc.bigInt({ min: 0n, max: 10n ** 24n }),
      exponent: fc.integer({ min: -30, max: 30 }),
    })
    fc.assert(
      fc.property(parts, ({ digits, exponent }) => {
        const plain = canonicalDecimal(`${digits}e${exponent}`)
        expect(plain).toBe(canonicalDecimal(`${digits}0e${exponent - 1}`))
        expect(canonicalDecimal(plain ?? '')).toBe(plain)
      }),
    )
  })
})

describe('canonical JSON', () => {
  it('does not depend on the order of keys, and depends on the order of arrays', () => {
    expect(canonicalJson({ b: 1, a: [{ d: 1, c: 2 }] })).toBe('{"a":[{"c":2,"d":1}],"b":1}')
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]))
  })

  it('keeps a key named __proto__', () => {
    expect(canonicalJson(parseJson('{"__proto__": {"x": 1}}'))).toBe('{"__proto__":{"x":1}}')
  })

  it('is JSON with the same content', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        expect(JSON.parse(canonicalJson(parseJson(text)))).toEqual(JSON.parse(text))
      }),
    )
  })
})
