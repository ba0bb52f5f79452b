import { Pool } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  mirrorCatalog,
  type CatalogMirror,
  type MirrorCatalogOptions,
  type MirrorUpdate,
} from '../../src/client/index.ts'
import { openApi, type LabModel, type TestApi } from '../http/api-fixture.ts'
import { openHttp } from '../http/http-fixture.ts'
import { setAccess } from '../http/set-access.ts'
import { range } from './changes.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

/** In each version all models of `acme` have the same price: a mixture shows. */
const acme = (price: string, count = 250): LabModel[] =>
  range(1, count).map((number) => ({
    provider: 'acme',
    id: `model ${number}/ä,&`,
    name: `Model ${number}`,
    input: price,
  }))
const other: LabModel = { provider: 'other', id: 'x', name: 'Other', input: '1' }

let api: TestApi
const opened: (() => Promise<void>)[] = []
beforeAll(async () => {
  api = await openApi([...acme('1'), other])
})
afterEach(async () => {
  if (mixtures.splice(0).length > 0) throw new Error('a mirror has shown half of a version')
  for (const close of opened.splice(0).reverse()) await close()
})
afterAll(() => api.close())

const until = { timeout: 20_000 }

/** What no mirror may ever show. */
const mixtures: MirrorUpdate[] = []

interface Mirrored {
  mirror: CatalogMirror
  updates: MirrorUpdate[]
  errors: Error[]
}

async function mirrored(options: Partial<MirrorCatalogOptions> = {}): Promise<Mirrored> {
  const updates: MirrorUpdate[] = []
  const errors: Error[] = []
  let filled: CatalogMirror | undefined
  const mirror = await mirrorCatalog({
    url: api.url,
    heartbeatSeconds: 1,
    onUpdate(update) {
      updates.push(update)
      if (filled && pricesOf(filled).size !== 1) mixtures.push(update)
    },
    onError: (error) => void errors.push(error),
    ...options,
  })
  filled = mirror
  opened.push(() => mirror.close())
  return { mirror, updates, errors }
}

async function proxied(): Promise<TcpProxy> {
  const proxy = await startTcpProxy(api.url)
  opened.push(() => proxy.close())
  return proxy
}

const pricesOf = (mirror: CatalogMirror) =>
  new Set(
    mirror
      .all()
      .filter(({ provider }) => provider === 'acme')
      .map(({ prices }) => prices.input),
  )

/** What the API has now, as its clients see it. */
async function listed(on: TestApi): Promise<Map<string, unknown>> {
  const models = new Map<string, unknown>()
  for (let next: unknown = '', query = ''; next !== null; query = `&cursor=${String(next)}`) {
    const { json } = await on.get(`/api/v1/models?limit=1000${query}`)
    for (const model of json['models'] as { id: string }[]) models.set(model.id, model)
    next = json['next']
  }
  return models
}

async function expectSame(mirror: CatalogMirror, on: TestApi): Promise<void> {
  const { version } = await on.db.catalogHead.findFirstOrThrow()
  await expect.poll(() => mirror.version, until).toBe(Number(version))
  expect(new Map(mirror.all().map((model) => [model.id, model]))).toEqual(await listed(on))
}

describe('a mirror', () => {
  it('has what the API has, and follows it', async () => {
    const { mirror, updates } = await mirrored()
    await expectSame(mirror, api)
    expect(mirror.size).toBe(251)
    expect(mirror.get('acme/model 7/ä,&')).toMatchObject({
      name: 'Model 7',
      prices: { input: '1' },
    })
    expect(mirror.get('acme/nothing')).toBeUndefined()
    await api.list([...acme('1').slice(0, 240), { ...other, input: '2' }, { ...other, id: 'y' }])
    await expectSame(mirror, api)
    expect([mirror.size, mirror.get('other/x')?.prices.input]).toEqual([242, '2'])
    const names = updates.flatMap(({ changed, removed }) => [changed, removed])
    expect(names.flat().toSorted()).toEqual(
      [...range(241, 250).map((n) => `acme/model ${n}/ä,&`), 'other/x', 'other/y'].toSorted(),
    )
    await expect.poll(() => mirror.isStale(), until).toBe(false)
  })

  it('never shows half of a version, nor takes back what it showed', async () => {
    const { mirror, updates } = await mirrored()
    await api.list([...acme('2'), other])
    await expectSame(mirror, api)
    const kept = mirror.all()
    for (const price of ['3', '4', '5', '6']) {
      await api.list([...acme(price), other])
      expect(pricesOf(mirror).size).toBe(1)
    }
    await expectSame(mirror, api)
    expect(pricesOf(mirror)).toEqual(new Set(['6']))
    expect(updates.length).toBeGreaterThan(1)
    expect(new Set(kept.map(({ prices }) => prices.input))).toEqual(new Set(['2', '1']))
  })

  it('is whole when the catalog changes while it is read', async () => {
    const busy = new AbortController()
    const changing = (async () => {
      for (let price = 10; !busy.signal.aborted; price++)
        await api.list([...acme(String(price)), other])
    })()
    const mirrors = await Promise.all(range(1, 5).map(() => mirrored()))
    for (const { mirror } of mirrors) expect(pricesOf(mirror).size).toBe(1)
    busy.abort()
    await changing
    for (const { mirror } of mirrors) await expectSame(mirror, api)
  })

  it('lists a provider again of which not every change was named', async () => {
    const { mirror } = await mirrored()
    await api.list([...acme('7', 700), other])
    await api.list([...acme('8', 620), other])
    await expectSame(mirror, api)
    expect(mirror.size).toBe(621)
    await api.list([...acme('1'), other])
    await expectSame(mirror, api)
  })

  it('loses and gains what its caller loses and gains', async () => {
    const { mirror } = await mirrored()
    await setAccess(api.db, 'other/x', { tiers: ['pro'] })
    await api.settle()
    await expectSame(mirror, api)
    expect(mirror.get('other/x')).toBeUndefined()
    await setAccess(api.db, 'other/x', { tiers: [] })
    await api.settle()
    await expectSame(mirror, api)
    expect(mirror.get('other/x')).toMatchObject({ id: 'other/x', tiers: [] })
  })
})

describe('a bad connection', () => {
  it('that is cut or silent loses nothing, and makes a mirror stale meanwhile', async () => {
    const proxy = await proxied()
    const { mirror } = await mirrored({ url: proxy.url })
    proxy.cut()
    await api.list([...acme('2'), other])
    await expectSame(mirror, api)
    proxy.blackhole()
    await api.list([...acme('3'), other])
    await expectSame(mirror, api)
    proxy.refuse()
    await api.list([...acme('4'), other])
    await expect.poll(() => mirror.isStale(), until).toBe(true)
    expect(pricesOf(mirror)).toEqual(new Set(['3']))
    proxy.restore()
    await expectSame(mirror, api)
    await expect.poll(() => mirror.isStale(), until).toBe(false)
  })

  it('is waited for at the start', async () => {
    const proxy = await proxied()
    proxy.refuse()
    const filling = mirrored({ url: proxy.url })
    await new Promise((resolve) => setTimeout(resolve, 300))
    proxy.restore()
    const { mirror, errors } = await filling
    await expectSame(mirror, api)
    expect(errors.length).toBeGreaterThan(0)
  })
})

/** As after the restore of a backup. */
async function undoLastCommit(): Promise<void> {
  const pool = new Pool({ connectionString: api.databaseUrl, max: 1 })
  pool.on('error', () => undefined)
  const { rows } = await pool.query<{ version: string }>(
    'UPDATE catalog_head SET version = version - 1 RETURNING version',
  )
  await pool.query('DELETE FROM catalog_versions WHERE version > $1', [rows[0]?.version])
  await pool.query(`UPDATE models SET name = 'Restored', hash = 'x' WHERE provider = 'other'`)
  await pool.end()
}

describe('a catalog', () => {
  it('that went back to an older state is read anew', async () => {
    const proxy = await proxied()
    const { mirror, updates } = await mirrored({ url: proxy.url })
    const before = mirror.version
    await undoLastCommit()
    // The API that runs on believes it only when it lasts; one that starts now knows nothing else.
    const fresh = await openHttp({ databaseUrl: api.databaseUrl })
    opened.push(() => fresh.close())
    proxy.retarget(fresh.url)
    proxy.cut()
    await expect.poll(() => mirror.version, until).toBe(before - 1)
    expect(mirror.get('other/x')?.name).toBe('Restored')
    expect(updates.at(-1)).toMatchObject({ version: before - 1, removed: [] })
    expect(updates.at(-1)?.changed).toHaveLength(mirror.size)
  })

  it('that is not there is not waited for: a wrong key, a wrong URL', async () => {
    await expect(mirrored({ apiKey: 'plb_wrong' })).rejects.toMatchObject({ status: 401 })
    await expect(mirrored({ url: `${api.url}/docs` })).rejects.toMatchObject({ status: 404 })
    await expect(mirrored({ url: 'nowhere' })).rejects.toThrow(TypeError)
  })
})

describe('closing', () => {
  it('ends the streams, and leaves the models', async () => {
    const streams = async () => (await api.scrape()).get('plumbline_event_streams')
    const { mirror, errors } = await mirrored()
    await expect.poll(streams, until).toBe(1)
    await Promise.all([mirror.close(), mirror.close()])
    await expect.poll(streams, until).toBe(0)
    expect([mirror.size > 200, errors]).toEqual([true, []])
  })

  it('happens when the signal is aborted, before it is filled as well', async () => {
    const proxy = await proxied()
    proxy.refuse()
    const signal = AbortSignal.timeout(200)
    await expect(mirrored({ url: proxy.url, signal })).rejects.toThrow('aborted')
  })
})
