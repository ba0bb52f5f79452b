import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonMembers } from '../src/json-members.ts'

describe('the members of a JSON text', () => {
  it.each<[string, [string, string][]]>([
    ['{}', []],
    [' { } ', []],
    ['{"a":1}', [['a', '1']]],
    [
      '{ "a\\"}" : "s,}" , "b":[1,{"c":"]"}],\n"d": null,"e":{"f":{}} }',
      [
        ['a"}', '"s,}"'],
        ['b', '[1,{"c":"]"}]'],
        ['d', 'null'],
        ['e', '{"f":{}}'],
      ],
    ],
    [
      '{"price":1.10e-7,"":""}',
      [
        ['price', '1.10e-7'],
        ['', '""'],
      ],
    ],
  ])('%s', (text, members) => {
    expect([...jsonMembers(text)]).toEqual(members)
  })

  it('are those that a parser finds, however the text is laid out', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }),
        fc.constantFrom(undefined, 1, '\t'),
        (object, indent) => {
          const found = [...jsonMembers(JSON.stringify(object, null, indent))]
          expect(found.map(([key]) => key)).toEqual(Object.keys(object))
          expect(found.map(([, text]) => JSON.parse(text))).toEqual(
            Object.values(JSON.parse(JSON.stringify(object)) as object),
          )
        },
      ),
    )
  })
})
