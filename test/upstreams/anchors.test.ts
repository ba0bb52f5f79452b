/** What the anchors (anchors.ts) say is what adapters read, and no upstream with prices is without them. */
import { describe, expect, it } from 'vitest'
import type { Listing } from '../../src/catalog/listing.ts'
import { componentKey } from '../../src/catalog/price.ts'
import { findUpstream } from '../../src/upstreams/registry.ts'
import { readRecorded, recordedPayloads } from '../support/recorded-payloads.ts'
import { hasSharedData, sharedDataNote } from '../support/shared-data.ts'
import { anchorGroups, type AnchorSource } from './anchors.ts'

const leastAnchors = 3

const readFiles = new Map<string, Map<string, Listing>>()

/** `provider/model-id` → listing. A file is read once. */
function listingsOf({ upstream: id, file }: Pick<AnchorSource, 'upstream' | 'file'>) {
  const upstream = findUpstream(id)
  if (!upstream) throw new Error(`There is no upstream ${id}.`)
  const known = readFiles.get(file)
  if (known) return known
  const slices = [...readRecorded(upstream, file).slices.values()]
  const listings = slices.flatMap((slice) => slice.listings)
  const byId = new Map(listings.map((one) => [`${one.provider}/${one.modelId}`, one]))
  readFiles.set(file, byId)
  return byId
}

/** The amounts of these keys; behind the keys of the source may stand a circumstance. */
function stated(source: AnchorSource, name: string, keys: readonly string[]) {
  const [model = '', circumstance] = name.split(';')
  const id = source.provider === undefined ? model : `${source.provider}/${model}`
  const { currency, components = [] } = listingsOf(source).get(id)?.prices ?? {}
  const amounts = new Map(components.map((one) => [componentKey(one), one.amount]))
  const suffix = circumstance === undefined ? '' : `;${circumstance}`
  return { currency, ...Object.fromEntries(keys.map((key) => [key, amounts.get(key + suffix)])) }
}

const anchors = anchorGroups.flatMap(({ of, second, prices }) =>
  prices.map(([model, published, inSecond = model]) => ({
    of,
    second,
    model,
    published,
    inSecond,
  })),
)

/** Upstreams of which a recorded payload states any price. */
function* upstreamsWithPrices(): Generator<string> {
  for (const [folder, files] of Map.groupBy(recordedPayloads, (one) => one.folder)) {
    const hasPrices = files.some(({ file }) =>
      [...listingsOf({ upstream: folder, file: `upstreams/${file}` }).values()].some(
        ({ prices }) => prices.components.length > 0,
      ),
    )
    if (hasPrices) yield folder
  }
}

describe.skipIf(!hasSharedData)(`anchors of units${sharedDataNote}`, () => {
  it.each(anchors)(
    '$of.upstream and $second.upstream state the published price of $model',
    ({ of, second, model, published, inSecond }) => {
      const keys = Object.keys(published)
      expect(second.upstream).not.toBe(of.upstream)
      expect(stated(of, model, keys)).toEqual({ currency: undefined, ...published })
      expect(stated(second, inSecond, keys)).toEqual({ currency: undefined, ...published })
    },
  )

  it(`are ${leastAnchors} or more for every upstream with a recorded price`, () => {
    const recorded = anchors.filter(({ of }) => !of.file.startsWith('fixtures/'))
    const counts = Map.groupBy(recorded, ({ of }) => of.upstream)
    const withPrices = [...upstreamsWithPrices()]
    expect(withPrices.length).toBeGreaterThan(10)
    const short = withPrices.filter((id) => (counts.get(id)?.length ?? 0) < leastAnchors)
    expect(short).toEqual([])
  })
})
