import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openApi, type TestApi } from './api-fixture.ts'
import { setAccess } from './set-access.ts'

let api: TestApi
beforeAll(async () => {
  const models = ['a', 'b,c', 'd/e', 'f'].map((id) => ({ provider: 'acme', id, name: id }))
  api = await openApi(models)
  await api.list(models.slice(0, 3))
  await setAccess(api.db, 'acme/d/e', { tiers: ['pro'] })
  await api.settle()
})
afterAll(() => api.close())

const batch = (query: string) => api.get(`/api/v1/models/batch?${query}`)

describe('models by their ids', () => {
  it('come in the order of the ids, without what is not there for the caller', async () => {
    const named = ['acme/f', 'acme/b,c', 'acme/nothing', 'acme/d/e', 'no id', 'acme/a', 'acme/a']
    const { json } = await batch(named.map((id) => `id=${encodeURIComponent(id)}`).join('&'))
    const { version, models } = json as {
      version: number
      models: { id: string; lifecycle: string }[]
    }
    expect(version).toBe(api.context.watch.version)
    expect(models.map(({ id, lifecycle }) => [id, lifecycle])).toEqual([
      ['acme/f', 'retired'],
      ['acme/b,c', 'active'],
      ['acme/a', 'active'],
    ])
  })

  it('are of the version that is asked for, or of a later one', async () => {
    const newest = api.context.watch.version ?? 0
    expect(await batch(`id=acme%2Fa&min_version=${newest}`)).toMatchObject({ status: 200 })
    expect(await batch(`id=acme%2Fa&min_version=${newest + 1}`)).toMatchObject({
      status: 409,
      json: { code: 'version_ahead' },
    })
  })

  it.each([
    ['', 'id'],
    ['id=', 'id'],
    [Array.from({ length: 101 }, (_, n) => `id=acme%2F${n}`).join('&'), 'id'],
    ['id=acme%2Fa&min_version=x', 'min_version'],
    ['ids=acme%2Fa', 'ids'],
  ])('are refused for %.20s', async (query, field) => {
    const { status, json } = await batch(query)
    expect(status).toBe(400)
    expect(JSON.stringify(json['errors'])).toContain(`"field":"${field}`)
  })
})
