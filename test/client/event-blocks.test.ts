import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBlockReader, type EventBlock } from '../../src/client/event-blocks.ts'

function readAll(chunks: readonly Uint8Array[]): EventBlock[] {
  const reader = createBlockReader()
  return chunks.flatMap((chunk) => reader.push(chunk))
}
const bytes = (text: string) => new TextEncoder().encode(text)

describe('createBlockReader', () => {
  it('reads events, comments and fields that it does not know', () => {
    const text =
      ': hello\nretry: 1500\n\nid: 7\nevent: changed\ndata: {"a":1}\nmood: good\n\ndata:one\ndata: two\n\n:\n\n'
    expect(readAll([bytes(text)])).toEqual([
      { comment: 'hello', retryMs: 1500 },
      { id: '7', event: 'changed', data: '{"a":1}' },
      { data: 'one\ntwo' },
      { comment: '' },
    ])
  })

  it('gives nothing of a block that is not complete', () => {
    const reader = createBlockReader()
    expect(reader.push(bytes('id: 7\ndata: x\n'))).toEqual([])
    expect(reader.push(bytes('\n'))).toEqual([{ id: '7', data: 'x' }])
  })

  it('reads the same however it is cut, and whatever ends its lines', () => {
    const blocks = [': é\nid: 1', 'event: x\ndata: 日本 🚀', 'data', 'retry: x\nid: 2']
    const ends = fc.constantFrom('\n', '\r\n', '\r')
    const cuts = fc.array(fc.nat({ max: 100 }), { maxLength: 12 })
    fc.assert(
      fc.property(ends, cuts, (end, places) => {
        const text = blocks.map((block) => block.replaceAll('\n', end) + end + end).join('')
        // Whether a lone carriage return has a line feed behind it is known with the next byte only.
        const whole = bytes(`${text}:`)
        const sorted = [0, ...places, whole.length].sort((a, b) => a - b)
        const chunks = sorted.slice(1).map((place, index) => whole.subarray(sorted[index], place))
        expect(readAll(chunks)).toEqual([
          { comment: 'é', id: '1' },
          { event: 'x', data: '日本 🚀' },
          { data: '' },
          { id: '2' },
        ])
      }),
    )
  })

  it('gives up a block without end', () => {
    const reader = createBlockReader()
    const chunk = bytes('x'.repeat(1024 * 1024))
    expect(() => {
      for (let count = 0; count < 20; count++) reader.push(chunk)
    }).toThrow(RangeError)
  })
})
