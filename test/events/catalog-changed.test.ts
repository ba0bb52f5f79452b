import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  buildChangedData,
  catalogChanged,
  maxListedModels,
  type VersionRow,
} from '../../src/events/catalog-changed.ts'
import { CatalogChangedData } from '../../src/events/events.ts'

const origin = { version: 42, upstream: 'models-dev', provider: 'acme', runId: 7 }
const ids = (count: number, word: string): string[] =>
  Array.from({ length: count }, (_, index) => `acme/${word}-${index}`)
const updates = (count: number) => ids(count, 'updated').map((id) => ({ id, fields: ['name'] }))

const row: VersionRow = {
  ...origin,
  data: buildChangedData({
    ...origin,
    added: ['acme/new'],
    updated: [{ id: 'acme/a', fields: ['price.input'] }],
    removed: [],
  }),
  committedAt: new Date('2026-11-21T10:00:00.000Z'),
}

describe('buildChangedData', () => {
  it('keeps lists of 500 models as they are', () => {
    const lists = { added: ids(100, 'added'), updated: updates(300), removed: ids(100, 'removed') }
    expect(buildChangedData({ ...origin, ...lists })).toEqual({
      ...origin,
      ...lists,
      truncated: false,
    })
  })

  it('cuts added models first and removed ones last', () => {
    const lists = { added: ids(400, 'added'), updated: updates(200), removed: ids(301, 'removed') }
    const data = buildChangedData({ ...origin, ...lists })
    expect(data.truncated).toBe(true)
    expect(data.removed).toEqual(lists.removed)
    expect(data.updated).toEqual(lists.updated.slice(0, 199))
    expect(data.added).toEqual([])
  })

  it('never lists more than the cap, and says truncated exactly when something is missing', () => {
    const count = fc.nat({ max: maxListedModels * 2 })
    fc.assert(
      fc.property(count, count, count, (added, updated, removed) => {
        const lists = {
          added: ids(added, 'added'),
          updated: updates(updated),
          removed: ids(removed, 'removed'),
        }
        const data = buildChangedData({ ...origin, ...lists })
        const listed = data.added.length + data.updated.length + data.removed.length
        expect(listed).toBe(Math.min(added + updated + removed, maxListedModels))
        expect(data.truncated).toBe(added + updated + removed > maxListedModels)
      }),
    )
  })
})

describe('catalogChanged', () => {
  it('is a CloudEvents 1.0 object whose id is the version', () => {
    expect(catalogChanged(row)).toEqual({
      specversion: '1.0',
      id: '42',
      source: 'plumbline',
      type: 'plumbline.catalog.changed',
      time: '2026-11-21T10:00:00.000Z',
      datacontenttype: 'application/json',
      subject: 'acme',
      data: {
        ...origin,
        added: ['acme/new'],
        updated: [{ id: 'acme/a', fields: ['price.input'] }],
        removed: [],
        truncated: false,
      },
    })
  })

  it('has no subject where no single provider is concerned', () => {
    expect(catalogChanged({ ...row, provider: null })).not.toHaveProperty('subject')
  })

  it('takes version, upstream, provider and run from the columns, whatever the data says', () => {
    const data = { ...CatalogChangedData.parse(row.data), version: 1, provider: 'other' }
    expect(catalogChanged({ ...row, data }).data).toMatchObject(origin)
  })

  it.each([[null], ['text'], [{ added: 'everything' }], [{}]])(
    'makes subscribers drop the provider when the data is %j',
    (data) => {
      const problems: unknown[] = []
      const event = catalogChanged({ ...row, data }, (problem) => problems.push(problem))
      expect(event.data).toEqual({
        ...origin,
        added: [],
        updated: [],
        removed: [],
        truncated: true,
      })
      expect(problems).toHaveLength(1)
    },
  )
})
