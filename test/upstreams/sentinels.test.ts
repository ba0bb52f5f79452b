import { expect, it } from 'vitest'
import type { Listing } from '../../src/catalog/listing.ts'
import { componentKey, priceState } from '../../src/catalog/price.ts'
import { findUpstream } from '../../src/upstreams/registry.ts'
import { readPayload } from '../support/catalog-of.ts'
import { samples } from './samples.ts'
import { sentinels, type Sentinel } from './sentinels.ts'

/** The one listing of an entry that has `raw`; undefined where there is none. */
function listingOf({ upstream: id, raw }: Pick<Sentinel, 'upstream' | 'raw'>): Listing | undefined {
  const [upstream, sample] = [findUpstream(id), samples[id]]
  if (!upstream || !sample) throw new Error(`There is no sample of ${id}.`)
  // Beside another one: an upstream may not take a list of nothing.
  const entries = [sample.entry('one', raw), sample.entry('another')]
  const { slices, rejects } = readPayload(upstream, sample.payload(entries))
  expect(rejects).toEqual([])
  const listings = [...slices.values()].flatMap((slice) => slice.listings)
  return listings.find(({ modelId }) => modelId !== 'another')
}

const titled = sentinels.map(({ listing, ...one }) => ({
  ...one,
  text: JSON.stringify(one.raw),
  facts: listing === 'none' ? undefined : listing,
}))

it.each(titled.filter(({ facts }) => !facts))('$upstream: $text $means', (sentinel) => {
  expect(listingOf(sentinel)).toBeUndefined()
})

it.each(titled.filter(({ facts }) => facts))(
  '$upstream: $text $means',
  ({ facts, ...sentinel }) => {
    const { price, amounts, fields = {}, unknown = [], kept = {} } = facts ?? {}
    const listing = listingOf(sentinel)
    const { components = [], ...prices } = listing?.prices ?? {}
    const stated = Object.fromEntries(components.map((one) => [componentKey(one), one.amount]))
    const state = priceState({ ...prices, components })
    expect(listing).toMatchObject({ modelId: 'one', fields, extra: kept })
    expect(unknown.filter((field) => listing?.fields[field] !== undefined)).toEqual([])
    expect({ state, stated }).toEqual({ state: price ?? state, stated: amounts ?? stated })
  },
)
