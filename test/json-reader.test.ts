import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readJson } from '../src/json-reader.ts'
import { hasSharedData, readShared, sharedDataNote } from './support/shared-data.ts'

/** What `JSON.parse` makes of the text; undefined where it throws. */
function reference(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

const read = (text: string) => readJson(text, Number)

/** With the order of the keys, which `toEqual` does not look at. */
function outcome(read: { value: unknown } | undefined): unknown {
  return { value: read?.value, text: JSON.stringify(read?.value), isRead: read !== undefined }
}

function expectSame(text: string): void {
  expect(outcome(read(text))).toEqual(outcome(reference(text)))
}

const value = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' })
const spaced = fc.record({ value, space: fc.constantFrom('', ' ', '\t', '\n', '\r\n  ') })
const written = spaced.map(({ value, space }) => JSON.stringify(value, undefined, space))

describe('the reader of JSON', () => {
  it('gives what JSON.parse gives for every text that is JSON', () => {
    fc.assert(fc.property(written, expectSame), { numRuns: 1000 })
  })

  it('gives what JSON.parse gives when a text is broken somewhere, or gives up', () => {
    const damage = fc.record({
      text: written,
      at: fc.nat(),
      removed: fc.nat(3),
      put: fc.constantFrom(
        '',
        '"',
        '\\',
        ',',
        ':',
        '{',
        '}',
        '[',
        ']',
        '0',
        '-',
        '.',
        'e',
        '\n',
        't',
      ),
    })
    fc.assert(
      fc.property(damage, ({ text, at, removed, put }) => {
        const start = at % (text.length + 1)
        const damaged = text.slice(0, start) + put + text.slice(start + removed)
        expect(outcome(read(damaged))).toEqual(outcome(reference(damaged)))
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    '',
    ' ',
    '"',
    '"a',
    '"\\',
    '"\\"',
    '"\\u12"',
    '"\\x41"',
    '"\\ud800"',
    '"\ud800"',
    '"a\nb"',
    '"\u0000"',
    '\ufeff{}',
    '\u00a0{}',
    '01',
    '[01]',
    '{"a":00}',
    '-',
    '-0',
    '1.',
    '.5',
    '1e',
    '1E+2',
    '+1',
    '0x10',
    'NaN',
    'tru',
    'truer',
    'nulls',
    '[1,]',
    '[,1]',
    '[1 2]',
    '{"a":1,}',
    '{a:1}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{"a":1}}',
    '{"a":1,"a":2}',
    '{"2":1,"1":2}',
    '[{"a":1},{"a":"x"},{"b":2,"a":3}]',
    String.raw`[{"a\"b":1},{"a"b":1}]`,
    String.raw`[{"a\\":1},{"a\":1}]`,
    String.raw`[{"a\nb":1},{"a${'\n'}b":1}]`,
    String.raw`[{"\u0061":1},{"a":2},{"\u0061":3}]`,
    '{"constructor":1,"toString":2,"hasOwnProperty":3}',
    '[9007199254740993,123456789012345,1234567890123456]',
  ])('agrees with JSON.parse about %j', expectSame)

  it('keeps __proto__ as a property', () => {
    const value = read('[{"__proto__":{"x":1}},{"__proto__":2}]')?.value
    expect(JSON.stringify(value)).toBe('[{"__proto__":{"x":1}},{"__proto__":2}]')
  })

  it('hands every number that is more than a short whole one to the caller, as it is written', () => {
    expect(readJson('[7, 0.10, -3, 1e3, 1234567890123456]', (source) => source)?.value).toEqual([
      7,
      '0.10',
      '-3',
      '1e3',
      '1234567890123456',
    ])
  })

  it('keeps the text of what is long, for those who compare it', () => {
    const text = `{"short": {"a": 1}, "long": {"a": 1.50,\n "b": "${'x'.repeat(200)}"}}`
    const sources = [...(read(text)?.sources ?? [])].map(([, source]) => source)
    expect(sources).toEqual([text.slice(text.indexOf('{"a": 1.50'), -1), text])
  })

  it('gives up on what is nested too deeply', () => {
    const depth = 200_000
    expect(read('['.repeat(depth) + ']'.repeat(depth))).toBeUndefined()
  })

  it.skipIf(!hasSharedData)(`reads a whole payload as JSON.parse does${sharedDataNote}`, () => {
    const text = readShared('models-dev/2026-07-01.api.json.gz')
    expect(outcome(read(text))).toEqual(outcome(reference(text)))
  })
})
