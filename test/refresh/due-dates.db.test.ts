import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listOverrides } from '../../src/catalog/overrides.ts'
import { isJsonObject } from '../../src/json.ts'
import { applyDueDates } from '../../src/refresh/apply-due-dates.ts'
import { setOverride } from '../../src/refresh/set-override.ts'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { simpleUpstream } from '../support/simple-upstream.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'

/** With dates: `until` of its price, amount of the `next` one, `deprecated`. */
const dated: Partial<Upstream> = {
  listing: ({ raw }) => {
    const { name, amount, until, next, deprecated } = raw as Record<string, string | undefined>
    return {
      fields: {
        ...(name === undefined ? {} : { name }),
        ...(deprecated === undefined ? {} : { deprecatedAt: deprecated }),
      },
      prices: {
        components: [
          { meter: 'input', amount: amount ?? '1', ...(until === undefined ? {} : { until }) },
          ...(next === undefined || until === undefined
            ? []
            : [{ meter: 'input' as const, amount: next, from: until }]),
        ],
      },
      extra: {},
    }
  },
}

let server: UpstreamServer
let pipeline: Pipeline
let announced = 0

beforeAll(async () => {
  server = await startUpstream()
  const upstreams = [
    { definition: simpleUpstream('alpha', { ...dated, rank: 1 }), url: `${server.url}/alpha` },
    { definition: simpleUpstream('beta', { ...dated, rank: 2 }), url: `${server.url}/beta` },
  ]
  pipeline = await openPipeline(upstreams, { announce: () => (announced += 1) })
  pipeline.at('2026-06-29T12:00:00Z')
  await refresh([
    { id: 'rising', amount: '1', until: '2026-07-01', next: '2' },
    { id: 'ending', deprecated: '2026-07-02' },
    { id: 'plain' },
  ])
})

afterAll(async () => {
  await pipeline.close()
  await server.close()
})

async function refresh(models: object[], upstream = 'alpha'): Promise<void> {
  server.answer(`/${upstream}`, { json: { models } })
  await pipeline.refresh(upstream)
}

async function readState(): Promise<Record<string, unknown>> {
  const rows = await pipeline.db.$queryRaw<Record<string, string>[]>`
    SELECT model_id AS id, input_price::text AS input, lifecycle, next_change_on AS next FROM models ORDER BY 1`
  return Object.fromEntries(
    rows.map(({ id, input, lifecycle, next }) => [id, [input, lifecycle, next]]),
  )
}

async function readVersions(): Promise<unknown[]> {
  const rows = await pipeline.db.$queryRaw<{ data: unknown }[]>`
    SELECT data FROM catalog_versions ORDER BY version`
  return rows.map(({ data }) => (isJsonObject(data as never) ? data : undefined))
}

describe('what is announced for a day', () => {
  it('is known with the model, and changes nothing before', async () => {
    pipeline.at('2026-06-30T23:59:59Z')
    expect(await applyDueDates(pipeline.context)).toBe(0)
    expect(await readState()).toEqual({
      ending: ['1', 'active', '2026-07-02'],
      plain: ['1', 'active', null],
      rising: ['1', 'active', '2026-07-01'],
    })
  })

  it('comes into force on that day without a refresh: version, change log, price history', async () => {
    const before = await readVersions()
    announced = 0
    pipeline.at('2026-07-01T00:00:10Z')
    expect(await applyDueDates(pipeline.context)).toBe(1)
    expect(await readState()).toMatchObject({
      ending: ['1', 'active', '2026-07-02'],
      rising: ['2', 'active', null],
    })
    expect((await readVersions()).slice(before.length)).toMatchObject([
      { upstream: null, provider: 'acme', updated: [{ id: 'acme/rising' }] },
    ])
    expect(announced).toBe(1)
    const history = await pipeline.db.$queryRaw`
      SELECT amount::text AS amount, valid_to AS until FROM price_history
      WHERE model_id = 'rising' AND component = 'input' ORDER BY valid_from`
    expect(history).toEqual([
      { amount: '1', until: new Date('2026-07-01T00:00:10Z') },
      { amount: '2', until: null },
    ])
    const changes = await pipeline.db.$queryRaw<{ field: string }[]>`
      SELECT field FROM model_changes WHERE model_id = 'rising' AND kind = 'updated'`
    expect(changes.map(({ field }) => field)).toContain('price.input')
  })

  it('is done once', async () => {
    expect(await applyDueDates(pipeline.context)).toBe(0)
  })

  it('makes a model deprecated; a date that was put off meanwhile does not', async () => {
    const models = [
      { id: 'rising', amount: '2' },
      { id: 'plain', deprecated: '2026-07-09' },
    ]
    await refresh([...models, { id: 'ending', deprecated: '2026-07-05' }])
    pipeline.at('2026-07-02T00:00:10Z')
    expect(await applyDueDates(pipeline.context)).toBe(0)
    pipeline.at('2026-07-06T09:00:00Z')
    expect(await applyDueDates(pipeline.context)).toBe(1)
    expect(await readState()).toMatchObject({
      ending: ['1', 'deprecated', null],
      plain: ['1', 'active', '2026-07-09'],
    })
  })

  it('is kept up to date where only an upstream states it that is not believed', async () => {
    await refresh([{ id: 'rising', amount: '2', until: '2026-07-20' }], 'beta')
    expect(await readState()).toMatchObject({ rising: ['2', 'active', '2026-07-20'] })
    const versions = await readVersions()
    await refresh([{ id: 'rising', amount: '2', until: '2026-07-25' }], 'beta')
    expect(await readState()).toMatchObject({ rising: ['2', 'active', '2026-07-25'] })
    expect(await readVersions()).toEqual(versions)
  })
})

describe('an override that expires', () => {
  const override = (modelId: string, field: string, value: unknown, expiresAt: string) =>
    setOverride(pipeline.context, {
      provider: 'acme',
      modelId,
      field,
      value,
      reason: null,
      actor: 'test',
      expiresAt: new Date(expiresAt),
    })
  const model = async (modelId: string) => {
    const stored = await pipeline.db.model.findFirstOrThrow({ where: { modelId } })
    const { name, inputPrice, provenance } = stored
    return { name, input: inputPrice?.toString(), provenance }
  }

  it('ends at its time without a refresh, whatever upstreams state then', async () => {
    // Set by the clock of the database, which is behind the days of this test's upstreams.
    await override('plain', 'price.input', '7', '2099-03-01T15:30:00Z')
    await override('plain', 'name', 'Ours', '2099-03-01T15:30:00Z')
    await override('ending', 'price.input', '1', '2099-03-01T15:30:00Z')
    await override('rising', 'price.input', '9', '2099-03-02T00:00:00Z')
    const before = await readVersions()
    pipeline.at('2099-03-01T15:29:59Z')
    await applyDueDates(pipeline.context)
    expect(await model('plain')).toMatchObject({ name: 'Ours', input: '7' })
    announced = 0
    pipeline.at('2099-03-01T15:30:00Z')
    expect(await applyDueDates(pipeline.context)).toBe(2)
    expect(await model('plain')).toMatchObject({
      // No upstream states one: the id stands for it.
      name: 'plain',
      input: '1',
      provenance: { 'price.input': 'alpha' },
    })
    // The same value as before, now of an upstream.
    expect(await model('ending')).toMatchObject({ provenance: { 'price.input': 'alpha' } })
    expect(await model('rising')).toMatchObject({ input: '9' })
    expect((await readVersions()).slice(before.length).at(-1)).toMatchObject({
      upstream: null,
      provider: 'acme',
      updated: expect.arrayContaining([
        { id: 'acme/plain', fields: expect.arrayContaining(['price.input', 'name']) },
      ]),
    })
    expect(announced).toBe(1)
  })

  it('is told as ended, and ends once', async () => {
    const { length } = await listOverrides(pipeline.db)
    expect(length).toBe(4)
    expect(await applyDueDates(pipeline.context)).toBe(0)
    pipeline.at('2099-03-02T00:00:00Z')
    expect(await applyDueDates(pipeline.context)).toBe(1)
    expect(await applyDueDates(pipeline.context)).toBe(0)
  })
})
