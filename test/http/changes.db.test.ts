import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { ChangePageSchema, ModelChangesSchema } from '../../src/http/schemas/changes.ts'
import { openApi, type LabModel, type TestApi } from './api-fixture.ts'
import { setAccess } from './set-access.ts'

const models: LabModel[] = ['a', 'b', 'c', 'd', 'e'].map((id) => ({
  provider: 'acme',
  id,
  name: `Model ${id}`,
  input: '1.25',
}))
const other: LabModel = { provider: 'other', id: 'x', name: 'Other', input: '1' }

let api: TestApi
/** After everything of the set-up. */
let settled = 0
beforeAll(async () => {
  api = await openApi([...models, other])
  await api.list([...models.map((model) => ({ ...model, input: '1', output: '4' })), other])
  await api.list([...models.slice(0, 3).map((model) => ({ ...model, input: '1' })), other])
  settled = await headOf(api)
})
afterAll(() => api.close())

async function headOf({ db }: TestApi): Promise<number> {
  return Number((await db.catalogHead.findFirstOrThrow()).version)
}

type Page = z.infer<typeof ChangePageSchema>

async function page(query: string): Promise<Page> {
  const { status, json } = await api.get(`/api/v1/changes?${query}`)
  expect(status).toBe(200)
  return ChangePageSchema.parse(json)
}

/** Every page of it, and what the last one says. */
async function follow(query: string): Promise<{ changes: Page['changes']; last: Page }> {
  let last = await page(query)
  const changes = [...last.changes]
  while (last.next !== null) {
    const before = last.completeTo
    last = await page(`${query}&next=${last.next}`)
    expect(last.completeTo).toBeGreaterThanOrEqual(before)
    changes.push(...last.changes)
  }
  return { changes, last }
}

describe('what changed since a version', () => {
  it('is told in the order of the versions, up to the newest', async () => {
    const { changes, last } = await follow('since=0&limit=1000')
    expect(last).toMatchObject({ version: settled, completeTo: settled, next: null })
    expect(changes.filter(({ kind }) => kind === 'added')).toHaveLength(6)
    const versions = changes.map(({ version }) => version)
    expect(versions).toEqual(versions.toSorted((a, b) => a - b))
    const change = changes.find(({ id, kind }) => id === 'acme/a' && kind === 'updated')
    expect(change).toMatchObject({
      upstream: 'lab',
      changes: [
        { field: 'price.input', from: '1.25', to: '1' },
        { field: 'price.output', from: null, to: '4' },
      ],
    })
  })

  it.each([1, 2, 3, 7])('is the same in pages of %i', async (limit) => {
    const whole = await follow('since=0&limit=1000')
    const paged = await follow(`since=0&limit=${limit}`)
    expect(paged.changes).toEqual(whole.changes)
    expect(paged.last.completeTo).toBe(settled)
  })

  it('is never called complete where a page ends within a version', async () => {
    const { next, completeTo, changes } = await page('since=0&limit=1')
    expect(changes).toHaveLength(1)
    const rest = await page(`since=0&next=${next}&limit=1000`)
    for (const { version } of rest.changes) expect(version).toBeGreaterThan(completeTo)
  })

  it('is nothing at the newest version', async () => {
    expect(await page(`since=${settled}`)).toEqual({
      version: settled,
      completeTo: settled,
      next: null,
      changes: [],
    })
  })

  it('keeps to provider and kind', async () => {
    const ofOther = await follow('since=0&provider=other')
    expect(ofOther.changes.map(({ id }) => id)).toEqual(['other/x'])
    const kinds = await follow('since=0&kind=retired,missing&limit=1')
    expect(kinds.changes.map(({ id, kind }) => `${kind} ${id}`)).toEqual([
      'retired acme/d',
      'retired acme/e',
    ])
    expect((await follow('since=0&kind=withdrawn')).changes).toEqual([])
  })

  it.each([
    ['', 400, 'invalid_argument', 'since'],
    ['since=-1', 400, 'invalid_argument', 'since'],
    ['since=ten', 400, 'invalid_argument', 'since'],
    ['since=99999999999999999', 400, 'invalid_argument', 'since'],
    ['next=abc', 400, 'invalid_argument', 'next'],
    ['since=0&kind=gone', 400, 'invalid_argument', 'kind.0'],
    ['since=0&limit=1001', 400, 'invalid_argument', 'limit'],
    ['since=0&until=5', 400, 'invalid_argument', 'until'],
    ['since=999999', 409, 'version_ahead', undefined],
    ['next=999999.1', 409, 'version_ahead', undefined],
  ])('refuses “%s” with %i %s', async (query, status, code, field) => {
    const answer = await api.get(`/api/v1/changes?${query}`)
    expect(answer).toMatchObject({ status, json: { code } })
    const { errors = [{}] } = answer.json
    expect(errors).toMatchObject([field === undefined ? {} : { field }])
  })
})

describe('what happened to a model', () => {
  const history = async (query = '') => {
    const { json } = await api.get(`/api/v1/models/acme/a/changes${query}`)
    return ModelChangesSchema.parse(json)
  }

  it('is told newest first, also in pages', async () => {
    const { changes, id } = await history()
    expect(id).toBe('acme/a')
    expect(changes.map(({ kind }) => kind)).toEqual(['updated', 'updated', 'added'])
    expect(changes[0]?.changes).toEqual([{ field: 'price.output', from: '4', to: null }])
    const paged: typeof changes = []
    for (let next: string | null = ''; next !== null;) {
      const answer = await history(next === '' ? '?limit=1' : `?limit=1&next=${next}`)
      expect(answer.changes).toHaveLength(1)
      paged.push(...answer.changes)
      next = answer.next
    }
    expect(paged).toEqual(changes)
  })

  it('of a model that is not there is a problem', async () => {
    expect(await api.get('/api/v1/models/acme/zzz/changes')).toMatchObject({
      status: 404,
      json: { code: 'not_found' },
    })
  })
})

describe('a caller', () => {
  const told = async (since: number) => {
    const { changes } = await follow(`since=${since}&limit=1000`)
    return changes
      .filter(({ id }) => id === 'acme/b')
      .map(({ version, kind, changes: fields }) => [version, kind, fields.length])
  }

  it('is told of what its tier loses and gains, and of nothing in between', async () => {
    const before = await told(0)
    expect(before).toHaveLength(3)
    const ofPro = await setAccess(api.db, 'acme/b', { tiers: ['pro'] })
    await api.settle()
    expect(await told(0)).toEqual([[ofPro, 'withdrawn', 0]])
    await setAccess(api.db, 'acme/b', { review: 'disabled' })
    await setAccess(api.db, 'acme/b', { review: 'active' })
    await api.settle()
    expect(await told(0)).toEqual([[ofPro, 'withdrawn', 0]])
    expect(await api.get('/api/v1/models/acme/b/changes')).toMatchObject({ status: 404 })
    const again = await setAccess(api.db, 'acme/b', { tiers: [] })
    await api.settle()
    expect(await told(0)).toEqual([...before, [ofPro, 'withdrawn', 0], [again, 'added', 0]])
    const kinds = await follow(`since=0&kind=withdrawn,added&limit=1`)
    expect(kinds.changes.filter(({ id }) => id === 'acme/b').map(({ kind }) => kind)).toEqual([
      'added',
      'withdrawn',
      'added',
    ])
  })
})

describe('a log that was cut', () => {
  it('says from where on it can tell', async () => {
    const cut = await openApi([...models, other])
    try {
      await cut.list(models)
      await cut.db.$executeRaw`DELETE FROM catalog_versions WHERE version = 1`
      expect(await cut.get('/api/v1/changes?since=0')).toMatchObject({
        status: 410,
        json: { code: 'version_gone' },
      })
      expect(await cut.get('/api/v1/changes?since=1')).toMatchObject({ status: 200 })
    } finally {
      await cut.close()
    }
  })
})
