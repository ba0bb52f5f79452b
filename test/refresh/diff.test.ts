import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyChanges, diffRecords, type FlatRecord } from '../../src/catalog/flat-record.ts'
import {
  compareIds,
  listingHash,
  type Listing,
  type PendingListing,
} from '../../src/catalog/listing.ts'
import { diffListings } from '../../src/refresh/diff.ts'
import type { Json } from '../../src/json.ts'

const record: fc.Arbitrary<FlatRecord> = fc
  .dictionary(fc.string(), fc.jsonValue())
  .map((entries) => new Map(Object.entries(entries) as [string, Json][]))

describe('the diff of two records', () => {
  it('turns the first into the second', () => {
    fc.assert(
      fc.property(record, record, (a, b) => {
        expect(applyChanges(diffRecords(a, b), a)).toEqual(b)
      }),
    )
  })

  it('of a record and itself is empty', () => {
    fc.assert(
      fc.property(record, (a) => {
        expect(diffRecords(a, new Map(a))).toEqual([])
      }),
    )
  })

  it('says undefined for what is not stated', () => {
    expect(diffRecords(new Map([['a', 1]]), new Map([['b', null]]))).toEqual([
      { field: 'a', from: 1, to: undefined },
      { field: 'b', from: undefined, to: null },
    ])
  })
})

const listing = (modelId: string, name = modelId): Listing => ({
  provider: 'acme',
  modelId,
  fields: { name },
  prices: { components: [] },
  extra: {},
})

const pending = (modelId: string, name = modelId): PendingListing => {
  const read = () => listing(modelId, name)
  return { modelId, hash: listingHash(read()), prices: 0, read }
}

describe('the diff of a slice', () => {
  const stored = (modelId: string, state: 'present' | 'missing' | 'retired' = 'present') => ({
    modelId,
    hash: listingHash(listing(modelId)),
    state,
  })

  it('tells new, changed, confirmed, returned, absent and rejected listings apart', () => {
    const diff = diffListings(
      [
        stored('absent'),
        stored('back', 'missing'),
        stored('changed'),
        stored('long gone', 'retired'),
        stored('rejected'),
        stored('reborn', 'retired'),
        stored('same'),
      ],
      [
        pending('back'),
        pending('changed', 'x'),
        pending('new'),
        pending('reborn'),
        pending('same'),
      ],
      ['absent', 'gone before'],
    )
    expect(diff.added.map((added) => added.listing.modelId)).toEqual(['new', 'reborn'])
    expect(diff.changed.map((changed) => changed.listing.modelId)).toEqual(['changed'])
    expect(diff).toMatchObject({ returned: ['back'], absent: ['absent'], unchanged: 1 })
  })
})

describe('the order of ids', () => {
  it('is the order of their bytes in UTF-8', () => {
    const id = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(id, id, (a, b) => {
        expect(Math.sign(compareIds(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
    )
  })
})
