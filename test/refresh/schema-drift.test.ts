import { describe, expect, it } from 'vitest'
import type { SeenField } from '../../src/history/upstream-state.ts'
import { ExtraShapes } from '../../src/refresh/extra-shapes.ts'
import { compareFields } from '../../src/refresh/schema-drift.ts'
import { SliceCollector } from '../../src/refresh/slice-collector.ts'
import { parseJson, type JsonObject } from '../../src/json.ts'
import type { Item } from '../../src/upstreams/upstream.ts'
import { simpleUpstream } from '../support/simple-upstream.ts'

const now = new Date('2026-02-01T00:00:00Z')
const lastReadAt = new Date('2026-01-31T00:00:00Z')
const firstSeen = '2026-01-01T00:00:00.000Z'

function compare(
  known: Record<string, SeenField>,
  entries: JsonObject[],
  absence: 'proven' | 'none' = 'proven',
) {
  const shapes = new ExtraShapes()
  for (const entry of entries) shapes.of(entry)
  const stated = shapes.statedFields()
  const input = { known: new Map(Object.entries(known)), stated, absence, now, lastReadAt }
  const { changes, seen } = compareFields(input)
  return { changes, seen: Object.fromEntries(seen) }
}

describe('a field of an upstream', () => {
  it('that was never stated is new, with all its types but null', () => {
    expect(compare({}, [{ a: 1 }, { a: null }, { a: 'x' }])).toEqual({
      changes: [{ field: 'a', change: 'new' }],
      seen: { a: { firstSeen: now.toISOString(), types: ['number', 'string'] } },
    })
  })

  it('that no entry states any more has vanished, once', () => {
    const gone = { firstSeen, lastSeen: lastReadAt.toISOString(), types: ['string'] }
    expect(compare({ a: { firstSeen, types: ['string'] } }, [{}])).toEqual({
      changes: [{ field: 'a', change: 'vanished' }],
      seen: { a: gone },
    })
    expect(compare({ a: gone }, [{}])).toEqual({ changes: [], seen: {} })
  })

  it('has not vanished from a snapshot that could not be read', () => {
    expect(compare({ a: { firstSeen, types: [] } }, [], 'none').changes).toEqual([])
  })

  it('that comes back has returned', () => {
    const gone = { firstSeen, lastSeen: firstSeen, types: ['string'] }
    expect(compare({ a: gone }, [{ a: 'x' }])).toEqual({
      changes: [{ field: 'a', change: 'returned' }],
      seen: { a: { firstSeen, types: ['string'] } },
    })
  })

  it('of a type that it never had is retyped; its types add up', () => {
    const known = { a: { firstSeen, types: ['string'] } }
    expect(compare(known, [{ a: [1] }])).toEqual({
      changes: [{ field: 'a', change: 'retyped' }],
      seen: { a: { firstSeen, types: ['array', 'string'] } },
    })
    const both = { a: { firstSeen, types: ['array', 'string'] } }
    expect(compare(both, [{ a: 'x' }])).toEqual({ changes: [], seen: {} })
  })

  it('that was null only gets its type without a word', () => {
    expect(compare({ a: { firstSeen, types: [] } }, [{ a: true }])).toEqual({
      changes: [],
      seen: { a: { firstSeen, types: ['boolean'] } },
    })
  })

  it('may have any name', () => {
    const entry = parseJson('{"__proto__": {"x": 1.5}}') as JsonObject
    expect(compare({}, [entry]).changes).toEqual([{ field: '__proto__', change: 'new' }])
  })

  it('beyond the five hundredth is not looked at', () => {
    const entry = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`f${index}`, 1]))
    expect(compare({}, [entry]).changes).toHaveLength(500)
    const known = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`g${index}`, { firstSeen, types: ['number'] }]),
    )
    expect(compare(known, [{ a: 1 }], 'none').changes).toEqual([])
  })
})

it('fields of entries that were read before count, and each shape is kept once', () => {
  const upstream = simpleUpstream('alpha')
  const item = (id: string, extra: object): Item => ({
    kind: 'entry',
    provider: 'acme',
    modelId: id,
    raw: { id, ...extra },
  })
  const first = new SliceCollector(upstream)
  for (const id of ['a', 'b']) first.add(item(id, { old: 'x', size: 1 }))
  first.add(item('c', { gone: true }))
  const second = new SliceCollector(upstream, first.memo)
  for (const id of ['a', 'b']) second.add(item(id, { old: 'x', size: 1 }))
  second.add(item('c', { size: 'large' }))
  expect(second.finish().stated).toEqual(
    new Map([
      ['old', new Set(['string'])],
      ['size', new Set(['number', 'string'])],
    ]),
  )
  expect(new Set([...second.memo.values()].map(({ extra }) => extra)).size).toBe(2)
})
