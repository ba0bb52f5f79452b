import { describe, expect, it } from 'vitest'
import { listingHash, type Listing } from '../../src/catalog/listing.ts'
import type { StoredListing } from '../../src/catalog/listings.ts'
import { listingsAfter, sliceWrites } from '../../src/refresh/slice-writes.ts'
import { diffListings } from '../../src/refresh/diff.ts'

const key = { upstream: 'alpha', provider: 'acme' }

const listing = (modelId: string, name = modelId): Listing => ({
  provider: 'acme',
  modelId,
  fields: { name },
  prices: { components: [] },
  extra: {},
})

function stored(
  modelId: string,
  { upstream = 'alpha', state = 'present' }: Partial<StoredListing> = {},
): StoredListing {
  return { ...listing(modelId), hash: listingHash(listing(modelId)), upstream, state }
}

/** Of these listings as touched, against what is stored: what is written, and what is there afterwards. */
function write(
  touched: Listing[],
  absent: string[],
  all: StoredListing[],
  absence: 'ignored' | 'missing' | 'retired' = 'missing',
) {
  const own = all.filter(({ upstream }) => upstream === key.upstream)
  const pending = touched.map((each) => ({
    modelId: each.modelId,
    hash: listingHash(each),
    prices: 0,
    read: () => each,
  }))
  const chunk = {
    diff: diffListings(own, pending, absent),
    before: new Map(own.map((each) => [each.modelId, each])),
  }
  const writes = sliceWrites(chunk, new Map(), absence)
  return { writes, after: listingsAfter(all, key, writes) }
}

const brief = (listings: { upstream: string; modelId: string; state: string }[]) =>
  listings.map(({ upstream, modelId, state }) => `${upstream} ${modelId} ${state}`).sort()

describe('the listings after a slice was written', () => {
  it('are the new ones, and what others state of the same models', () => {
    const others = [stored('a', { upstream: 'beta' }), stored('b', { upstream: 'beta' })]
    const { after } = write([listing('a', 'renamed')], [], [stored('a'), ...others])
    expect(brief(after)).toEqual(['alpha a present', 'beta a present'])
    expect(after.find(({ upstream }) => upstream === 'alpha')?.fields.name).toBe('renamed')
  })

  it('have the state that absence and return give them', () => {
    const all = [stored('gone'), stored('back', { state: 'missing' }), stored('same')]
    const touched = [listing('back'), listing('same')]
    expect(brief(write(touched, ['gone'], all).after)).toEqual([
      'alpha back present',
      'alpha gone missing',
    ])
    expect(brief(write(touched, ['gone'], all, 'retired').after)).toContain('alpha gone retired')
  })

  it('are those of before where absence proves nothing', () => {
    const { writes, after } = write([], ['gone'], [stored('gone')], 'ignored')
    expect(writes).toMatchObject({ upserted: [], returned: [], gone: [] })
    expect(after).toEqual([])
  })
})
