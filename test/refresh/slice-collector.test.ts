import { describe, expect, it } from 'vitest'
import { parseJson } from '../../src/json.ts'
import { readSnapshotSlices } from '../../src/refresh/read-snapshot.ts'
import { SliceCollector, type ReadMemo } from '../../src/refresh/slice-collector.ts'
import type { Entry, Item } from '../../src/upstreams/upstream.ts'
import { simpleUpstream } from '../support/simple-upstream.ts'

const upstream = simpleUpstream('alpha')

function read(body: string) {
  const collector = new SliceCollector(upstream)
  for (const item of upstream.entries({ url: '', json: parseJson(body), upstream: 'alpha' }))
    collector.add(item)
  return collector.finish()
}

function readModels(...models: unknown[]) {
  return read(JSON.stringify({ models }))
}

function reasons(result: ReturnType<typeof read>) {
  return result.rejects.map(({ entryId, reason }) => [entryId, reason])
}

describe('an id', () => {
  it.each([
    'a/b',
    'a:b',
    'a@b',
    'a%2Fb',
    'a#b',
    'a b',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'ü-模型',
    '~x',
  ])('%s is taken as it is', (id) => {
    const { slices } = read(`{"models": [{"id": ${JSON.stringify(id)}, "input": 1}]}`)
    expect(slices.get('acme')?.listings.map(({ modelId }) => modelId)).toEqual([id])
  })

  it.each([
    ['of 500 characters', 'x'.repeat(500), 'id_too_long'],
    ['that is empty', '', 'id_empty'],
    ['of spaces', '   ', 'id_empty'],
    ['with a NUL', 'a\u0000b', 'bad_text'],
    ['with a line break', 'a\nb', 'bad_text'],
    ['with a lone surrogate', 'a\ud800', 'bad_text'],
  ])('%s is a reject', (_title, id, reason) => {
    expect(readModels({ id }).rejects.map((reject) => reject.reason)).toEqual([reason])
  })

  it('that is a provider named __proto__ makes a slice like any other', () => {
    expect([...readModels({ id: 'a', provider: '__proto__' }).slices.keys()]).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })
})

describe('an entry', () => {
  it('that is wrong does not keep the others out', () => {
    const result = readModels({ id: 'good', input: 1 }, { id: 'bad', input: 'x' }, null, 7, {
      id: 'odd',
      context: 'big',
    })
    expect(result.slices.get('acme')?.listings.map(({ modelId }) => modelId)).toEqual(['good'])
    expect(reasons(result)).toEqual([
      ['bad', 'price_not_a_number'],
      [undefined, 'id_empty'],
      [undefined, 'id_empty'],
      ['odd', 'invalid_field'],
    ])
    expect(result.slices.get('acme')).toMatchObject({ entries: 5, rejectedIds: ['bad', 'odd'] })
  })

  it.each([
    ['a NUL in a text', { id: 'a', name: 'x\u0000' }, 'bad_text'],
    ['a lone surrogate in a key', { id: 'a', 'x\udc00': 1 }, 'bad_text'],
    ['an escape sequence', { id: 'a', name: '\u001b[31m' }, 'bad_text'],
    ['a name that no index could hold', { id: 'a', name: 'x'.repeat(257) }, 'text_too_long'],
    ['a name of a megabyte', { id: 'a', name: 'x'.repeat(2 ** 20) }, 'text_too_long'],
  ])('with %s is a reject with readable raw text', (_title, model, reason) => {
    const [reject] = readModels(model).rejects
    expect(reject?.reason).toBe(reason)
    // oxlint-disable-next-line no-control-regex
    expect(reject?.raw).not.toMatch(/[\u0000\u001b\ud800-\udfff]/)
    expect(reject?.raw.length).toBeLessThan(9000)
  })

  it('with a number beyond any range is a reject', () => {
    expect(
      read('{"models": [{"id": "a", "n": 1e99999}]}').rejects.map(({ reason }) => reason),
    ).toEqual(['bad_number'])
  })

  it('keeps unknown fields, __proto__ among them', () => {
    const [listing] =
      read('{"models": [{"id": "a", "new_field": {"x": 1.50}}]}').slices.get('acme')?.listings ?? []
    expect(JSON.stringify(listing?.read().extra)).toBe('{"new_field":{"x":1.5}}')
  })
})

describe('an entry that was read before', () => {
  it('is not validated again, and gives the same listing when it is needed', () => {
    let validated = 0
    const counting = { listing: (entry: Entry) => (validated++, upstream.listing(entry)) }
    const item: Item = { kind: 'entry', provider: 'acme', modelId: 'a', raw: { id: 'a', input: 1 } }
    const first = new SliceCollector(counting)
    first.add(item)
    const [before] = first.finish().slices.get('acme')?.listings ?? []
    const second = new SliceCollector(counting, first.memo)
    second.add(item)
    const [again] = second.finish().slices.get('acme')?.listings ?? []
    expect(validated).toBe(1)
    expect(again).toMatchObject({ hash: before?.hash, prices: 1 })
    expect(again?.read()).toEqual(before?.read())
  })

  it('is known by the text that it was read from', async () => {
    let validated = 0
    const counting = {
      ...upstream,
      listing: (entry: Entry) => (validated++, upstream.listing(entry)),
    }
    const readText = async (text: string, memo?: ReadMemo) => {
      return readSnapshotSlices({ definition: counting }, [{ url: '', body: text }], memo)
    }
    const text = `{"models": [{"id": "a", "input": 1.50, "about": "${'x'.repeat(200)}"}]}`
    const first = await readText(text)
    const same = await readText(text, first.memo)
    expect(validated).toBe(1)
    expect(same.slices.get('acme')?.listings[0]?.hash).toBe(
      first.slices.get('acme')?.listings[0]?.hash,
    )
    const other = await readText(text.replace('1.50', '1.51'), same.memo)
    expect(validated).toBe(2)
    expect(other.slices.get('acme')?.listings[0]?.read().prices.components[0]?.amount).toBe('1.51')
  })

  it('is validated again when anything of it differs', () => {
    const first = new SliceCollector(upstream)
    first.add({ kind: 'entry', provider: 'acme', modelId: 'a', raw: { id: 'a', input: 1 } })
    const second = new SliceCollector(upstream, first.memo)
    second.add({ kind: 'entry', provider: 'acme', modelId: 'a', raw: { id: 'a', input: 'x' } })
    expect(second.finish().rejects).toHaveLength(1)
  })
})

describe('a list whose pages are kept packed', () => {
  const pages = [0, 1, 2].map((page) => {
    const models = [1, 2].map((number) => ({ id: `m${number}${page}`, input: page + number / 8 }))
    return {
      url: `?page=${page}`,
      body: JSON.stringify({ models: [...models, { id: 'twice', page }] }),
    }
  })
  const packed = pages.map((page) => ({ ...page, packed: Buffer.alloc(0) }))

  it('gives what it gives otherwise', async () => {
    const definition = upstream
    const kept = await readSnapshotSlices({ definition }, pages)
    const again = await readSnapshotSlices({ definition }, packed)
    const known = await readSnapshotSlices({ definition }, packed, again.memo)
    const contents = ({ slices, rejects }: typeof kept) => ({
      rejects,
      listings: slices
        .get('acme')
        ?.listings.map(({ hash, prices, read }) => [hash, prices, read()]),
    })
    expect(contents(again)).toEqual(contents(kept))
    expect(contents(known)).toEqual(contents(kept))
    expect(kept.rejects).toHaveLength(3)
  })

  it('is read again page by page when it is read by place', async () => {
    let unpacked = 0
    const counted = packed.map((page) => ({
      ...page,
      get body() {
        return (unpacked++, page.body)
      },
    }))
    const { slices } = await readSnapshotSlices({ definition: upstream }, counted)
    const listings = slices.get('acme')?.listings ?? []
    unpacked = 0
    for (const { read } of listings.toSorted((a, b) => (a.place ?? 0) - (b.place ?? 0))) read()
    expect(unpacked).toBe(pages.length)
  })
})

describe('an id that comes twice', () => {
  const good = { id: 'twice', input: 1 }

  it('with the same content is one listing', () => {
    expect(readModels(good, good).slices.get('acme')?.listings).toHaveLength(1)
  })

  it('with different content is rejected, whatever the order', () => {
    const other = { id: 'twice', input: 2 }
    for (const models of [
      [good, other],
      [other, good],
    ]) {
      const result = readModels({ id: 'a' }, ...models, { id: 'z' })
      expect(result.slices.get('acme')?.listings.map(({ modelId }) => modelId)).toEqual(['a', 'z'])
      expect(reasons(result)).toEqual([
        ['twice', 'duplicate_id'],
        ['twice', 'duplicate_id'],
      ])
      expect(result.slices.get('acme')?.rejectedIds).toEqual(['twice'])
    }
  })
})

it('an exception of an adapter that is no verdict is a bug and is not swallowed', () => {
  const collector = new SliceCollector({
    listing: () => {
      throw new TypeError('bug')
    },
  })
  const item: Item = { kind: 'entry', provider: 'acme', modelId: 'a', raw: null }
  expect(() => collector.add(item)).toThrow(TypeError)
})
