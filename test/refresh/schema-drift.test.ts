import { describe, expect, it } from 'vitest'
import type { SeenField } from '../../src/history/upstream-state.ts'
import { FieldShapes } from '../../src/refresh/field-shapes.ts'
import { compareFields } from '../../src/refresh/schema-drift.ts'
import { SliceCollector } from '../../src/refresh/slice-collector.ts'
import { isJsonObject, parseJson, type JsonObject } from '../../src/json.ts'
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
  const shapes = new FieldShapes()
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
    const fields = compare({}, [entry]).changes.map(({ field }) => field)
    expect(fields).toEqual(['__proto__', '__proto__.x'])
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
      ['id', new Set(['string'])],
      ['old', new Set(['string'])],
      ['size', new Set(['number', 'string'])],
    ]),
  )
  expect(new Set([...second.memo.values()].map(({ shape }) => shape)).size).toBe(2)
})

describe('what a payload states', () => {
  const statedBy = (...raws: JsonObject[]) => {
    const collector = new SliceCollector(simpleUpstream('alpha'))
    for (const raw of raws) collector.add({ kind: 'entry', provider: 'acme', modelId: 'm', raw })
    return collector.finish()
  }

  it('is what adapters read as well, and one level below', () => {
    const { stated } = statedBy(parsed('{"id":"m","pricing":{"prompt":"1","deep":{"x":1}}}'))
    expect([...stated.keys()]).toEqual(['id', 'pricing', 'pricing.prompt', 'pricing.deep'])
  })

  it('is told by rejected entries too, unless their text is what is wrong', () => {
    const { stated, rejects } = statedBy(
      parsed('{"id":"m","context":"not a number"}'),
      parsed(String.raw`{"id":"m","bad\u0000":1}`),
    )
    expect(rejects.map(({ reason }) => reason)).toEqual(['invalid_field', 'bad_text'])
    expect([...stated.keys()]).toEqual(['id', 'context'])
  })
})

function parsed(text: string): JsonObject {
  const json = parseJson(text)
  if (!isJsonObject(json)) throw new TypeError(text)
  return json
}
