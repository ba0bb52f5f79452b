/** What every adapter must do with an untrusted payload, whatever its shape. */
import { describe, expect, it } from 'vitest'
import { priceState } from '../../src/catalog/price.ts'
import { PlumblineError } from '../../src/errors.ts'
import { isJsonObject } from '../../src/json.ts'
import { compareFields, type DriftInput, type SchemaDrift } from '../../src/refresh/schema-drift.ts'
import type { ReadPayload } from '../support/catalog-of.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'
import { readPayload } from '../support/catalog-of.ts'

export type StatedPrice = 'paid' | 'free' | 'dynamic' | 'absent'

/** How an upstream writes things: the smallest payloads that its adapter reads. */
export interface PayloadSample {
  /** An entry as it stands in the list; `more` are further fields of the upstream. */
  entry: (id: string, more?: Record<string, unknown>) => unknown
  /** The fields that state a price; absent = the upstream has no way to say it. */
  prices: Partial<Record<StatedPrice, Record<string, unknown>>>
  /** Of these entries, in this order. */
  payload: (entries: readonly unknown[]) => string
  /** Something that stands where an entry should, and that no adapter can take. */
  malformed: unknown
  /** Envelopes that are JSON and not this upstream's. */
  wrongShapes: readonly string[]
  /** Ids in the upstream are keys of an object, so that none can come twice. */
  idsAreKeys?: true
}

const oddIds = ['__proto__', 'constructor', 'a/b:c@d', '~vendor/latest', 'Ünïcode ☃', 'with space']

const [then, now] = [new Date('2026-01-31T00:00:00Z'), new Date('2026-02-01T00:00:00Z')]

function driftSince(known: DriftInput['known'], stated: DriftInput['stated']): SchemaDrift {
  return compareFields({ known, stated, absence: 'proven', now, lastReadAt: then })
}

export function describeConformance(upstream: Upstream, sample: PayloadSample): void {
  const read = (...entries: unknown[]) => readPayload(upstream, sample.payload(entries))
  const listingsOf = (...entries: unknown[]) =>
    [...read(...entries).slices.values()].flatMap(({ listings }) => listings)

  describe(`${upstream.id} keeps to the contract`, () => {
    it('makes no listings of an empty list', () => {
      const { entries, rejects } = readEmpty(upstream, sample.payload([]))
      expect({ entries, rejects }).toEqual({ entries: 0, rejects: [] })
    })

    it('rejects a malformed entry and takes the others', () => {
      const snapshot = read(sample.entry('one'), sample.malformed, sample.entry('two'))
      expect(snapshot.entries).toBe(3)
      expect(snapshot.rejects).toHaveLength(1)
      expect([...snapshot.slices.values()].flatMap(({ listings }) => listings)).toHaveLength(2)
    })

    it('keeps a field that it does not know', () => {
      const [listing] = listingsOf(sample.entry('one', { invented_tomorrow: { deep: [1, 'x'] } }))
      expect(listing?.extra['invented_tomorrow']).toEqual({ deep: [1, 'x'] })
    })

    it.each([
      ['a new field', {}, { invented_tomorrow: 1 }, 'new'],
      ['a field that is gone', { invented_tomorrow: 1 }, {}, 'vanished'],
      ['a field of another type', { invented_tomorrow: 1 }, { invented_tomorrow: 'x' }, 'retyped'],
    ])('notices %s', (_name, before, after, change) => {
      const known = driftSince(new Map(), read(sample.entry('one', before)).stated).seen
      const { changes } = driftSince(known, read(sample.entry('one', after)).stated)
      const field = expect.stringMatching(/^(\w+\.)?invented_tomorrow$/)
      expect(changes).toEqual([{ field, change }])
    })

    it('takes ids as they are stated', () => {
      const ids = listingsOf(...oddIds.map((id) => sample.entry(id))).map(({ modelId }) => modelId)
      expect(ids.sort()).toEqual([...oddIds].sort())
    })

    it.each(sample.wrongShapes)('does not take %s for its list', (body) => {
      expect(() => readPayload(upstream, body)).toThrow(
        expect.objectContaining({ code: 'payload_shape' }),
      )
    })

    it('gives the same listings whatever the order of entries and keys', () => {
      const entries = [sample.entry('one', { first: 1, second: 2 }), sample.entry('two')]
      const reversed = [sample.entry('two'), sample.entry('one', { second: 2, first: 1 })]
      expect(read(...reversed).slices).toEqual(read(...entries).slices)
    })

    it('leaves out what is unknown instead of writing null', () => {
      for (const { fields } of listingsOf(sample.entry('one')))
        expect(Object.values(fields).every((value) => value !== null && value !== undefined)).toBe(
          true,
        )
    })

    if (!sample.idsAreKeys) describeDuplicates(upstream, sample)
    describePrices(upstream, sample)
  })
}

/** Where the entries are all there is, an empty list cannot be told from something else. */
function readEmpty(upstream: Upstream, body: string): Pick<ReadPayload, 'entries' | 'rejects'> {
  try {
    return readPayload(upstream, body)
  } catch (error) {
    if (error instanceof PlumblineError && error.code === 'payload_shape')
      return { entries: 0, rejects: [] }
    throw error
  }
}

function describeDuplicates(upstream: Upstream, sample: PayloadSample): void {
  const readTwo = (...marks: [number, number]) =>
    readPayload(upstream, sample.payload(marks.map((mark) => sample.entry('one', { mark }))))

  it('takes an entry that comes twice once', () => {
    const { slices, rejects } = readTwo(1, 1)
    expect([...slices.values()].map(({ listings }) => listings.length)).toEqual([1])
    expect(rejects).toEqual([])
  })

  it('takes neither of two entries that differ under one id', () => {
    const { rejects } = readTwo(1, 2)
    expect(rejects.map(({ reason }) => reason)).toEqual(['duplicate_id', 'duplicate_id'])
  })
}

const states = { paid: 'priced', free: 'free', dynamic: 'dynamic', absent: 'unknown' } as const
const statedPrices = ['paid', 'free', 'dynamic', 'absent'] as const

function describePrices(upstream: Upstream, sample: PayloadSample): void {
  it.each(statedPrices.filter((stated) => sample.prices[stated]))(
    'tells a price that is %s from the others',
    (stated) => {
      const body = sample.payload([sample.entry('one', sample.prices[stated])])
      const [slice] = readPayload(upstream, body).slices.values()
      const [listing] = slice?.listings ?? []
      expect(listing && priceState(listing.prices)).toBe(states[stated])
    },
  )
}

/** For samples: an entry of the usual kind, an object with its id under `key`. */
export function objectWithId(key: string) {
  return (id: string, more: Record<string, unknown> = {}): unknown =>
    Object.assign(Object.create(null), { [key]: id }, more)
}

/** `{key: entry}` for lists that are keyed by id. An entry that is no object gets a key of its own. */
export function keyedById(entries: readonly unknown[]): string {
  const members = entries.map((entry, index) => {
    const id = isJsonObject(entry) ? entry['id'] : `malformed-${index}`
    return `${JSON.stringify(id)}:${JSON.stringify(entry)}`
  })
  return `{${members.join(',')}}`
}
