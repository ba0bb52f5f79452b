import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listHolds, withdrawSliceHolds } from '../../src/history/holds.ts'
import { approveHold, rejectHold } from '../../src/refresh/decide-hold.ts'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { simpleModels, simpleUpstream, type SimpleModel } from '../support/simple-upstream.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'

let server: UpstreamServer
let pipeline: Pipeline

beforeEach(async () => {
  server = await startUpstream()
  pipeline = await openPipeline([
    { definition: simpleUpstream('alpha', { rank: 1 }), url: `${server.url}/alpha` },
    { definition: simpleUpstream('beta', { rank: 2 }), url: `${server.url}/beta` },
    { definition: simpleUpstream('large', { minimumEntries: 50 }), url: `${server.url}/large` },
  ])
})

afterEach(async () => {
  await pipeline.close()
  await server.close()
})

const decision = { actor: 'test' }

function serve(models: SimpleModel[], path = '/alpha'): void {
  server.answer(path, { json: { models } })
}

async function prices(): Promise<Record<string, string | null>> {
  const rows = await pipeline.db.$queryRaw<{ id: string; input: string | null }[]>`
    SELECT model_id AS id, input_price::text AS input FROM models ORDER BY 1`
  return Object.fromEntries(rows.map(({ id, input }) => [id, input]))
}

async function openHolds(): Promise<Record<string, unknown>[]> {
  return (await listHolds(pipeline.db)).map(({ kind, provider, modelId, field, reason }) => ({
    kind,
    provider,
    modelId,
    field,
    reason,
  }))
}

/** In the order of the announcements. */
async function announcedReasons(): Promise<string[]> {
  const rows = await pipeline.db.$queryRaw<{ reason: string }[]>`
    SELECT data->>'reason' AS reason FROM notices WHERE type = 'plumbline.hold.opened' ORDER BY id`
  return rows.map(({ reason }) => reason)
}

function scaled(models: SimpleModel[], factor: number): SimpleModel[] {
  return models.map((model) => ({
    ...model,
    input: Number((Number(model.input) * factor).toPrecision(6)),
    output: Number((Number(model.output) * factor).toPrecision(6)),
  }))
}

describe('a slice that is not plausible is held and the catalog stays as it was', () => {
  const full = simpleModels(40)
  const cases: [string, SimpleModel[], string][] = [
    ['an empty list', [], 'empty_slice'],
    ['half of the models and one more gone', full.slice(0, 19), 'shrink'],
    ['a quarter of forty gone', full.slice(0, 29), 'shrink'],
    // A price above a million dollars is not even an entry, so that guard speaks first.
    ['every price a million times higher', scaled(full, 1e6), 'rejects'],
    ['every price a hundred thousand times higher', scaled(full, 1e5), 'unit_shift'],
    ['every price a thousand times higher', scaled(full, 1000), 'unit_shift'],
    ['every price a millionth', scaled(full, 1e-6), 'unit_shift'],
    ['every price a thousandth', scaled(full, 0.001), 'unit_shift'],
    [
      'a third of the prices 25 times higher',
      [...scaled(full.slice(0, 15), 25), ...full.slice(15)],
      'unit_shift',
    ],
    [
      'a quarter of the entries broken',
      [...full.slice(0, 30), ...full.slice(30).map(({ id }) => ({ id, input: 'free?' }))],
      'rejects',
    ],
  ]
  it.each(cases)('%s', async (_title, models, reason) => {
    serve(full)
    await pipeline.refresh('alpha')
    const before = await prices()
    serve(models)
    const run = await pipeline.refresh('alpha')
    expect(run).toMatchObject({ status: 'held', held: 1, updated: 0, missing: 0 })
    expect(await openHolds()).toEqual([
      { kind: 'slice', provider: 'acme', modelId: null, field: null, reason },
    ])
    expect(await prices()).toEqual(before)
  })

  it('a first list below the minimum of the upstream', async () => {
    serve(simpleModels(3), '/large')
    expect(await pipeline.refresh('large')).toMatchObject({ status: 'held' })
    expect(await openHolds()).toMatchObject([{ reason: 'below_minimum' }])
    expect(await prices()).toEqual({})
  })

  it('a provider that is gone from an aggregator is an empty slice', async () => {
    serve([...full, ...simpleModels(2, { provider: 'other' })])
    await pipeline.refresh('alpha')
    serve(full)
    expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'held' })
    expect(await openHolds()).toMatchObject([{ provider: 'other', reason: 'empty_slice' }])
  })
})

describe('a hold on a slice', () => {
  const full = simpleModels(12)

  beforeEach(async () => {
    serve(full)
    await pipeline.refresh('alpha')
    serve(scaled(full, 1000))
    await pipeline.refresh('alpha')
  })

  it('keeps the next request unconditional and is not opened twice for the same content', async () => {
    await pipeline.refresh('alpha')
    expect(await openHolds()).toHaveLength(1)
    expect(
      server.requestsTo('/alpha').every(({ headers }) => headers['if-none-match'] === undefined),
    ).toBe(true)
  })

  it('is applied from the archive when it is approved', async () => {
    const [hold] = await listHolds(pipeline.db)
    const requests = server.requests.length
    expect(await approveHold(pipeline.context, hold?.id ?? 0, decision)).toBe('applied')
    expect(server.requests).toHaveLength(requests)
    expect(await prices()).toMatchObject({ 'model-0000': '1000' })
    expect((await listHolds(pipeline.db, 'approved')).map(({ id }) => id)).toEqual([hold?.id])
  })

  it('is not opened again for content that was rejected', async () => {
    const [hold] = await listHolds(pipeline.db)
    await rejectHold(pipeline.context, hold?.id ?? 0, decision)
    expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'unchanged', held: 0 })
    expect(await openHolds()).toEqual([])
    expect(await prices()).toMatchObject({ 'model-0000': '1' })
  })

  it('is void when good content comes', async () => {
    serve([...full, { id: 'new' }])
    expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'applied', added: 1 })
    expect(await openHolds()).toEqual([])
  })

  describe('whose content changes while it is open', () => {
    const renamed = full.map((model) => ({ ...model, name: 'Renamed' }))

    beforeEach(async () => {
      serve(scaled(renamed, 1000))
      await pipeline.refresh('alpha')
    })

    it('gives way to one of the newer content, which has waited as long', async () => {
      const [newer, older] = await listHolds(pipeline.db, 'all')
      expect(older).toMatchObject({ status: 'superseded', supersededBy: newer?.id })
      expect(newer).toMatchObject({
        status: 'open',
        supersededBy: null,
        heldSince: older?.heldSince,
      })
      expect(newer?.openedAt).not.toEqual(newer?.heldSince)
      expect(older?.openedAt).toEqual(older?.heldSince)
    })

    it('is announced once for each reason until it ends', async () => {
      expect(await announcedReasons()).toEqual(['unit_shift'])
      serve(full.slice(0, 3))
      await pipeline.refresh('alpha')
      expect(await announcedReasons()).toEqual(['unit_shift', 'shrink'])
      serve(scaled(full, 1000))
      await pipeline.refresh('alpha')
      expect(await announcedReasons()).toEqual(['unit_shift', 'shrink'])
      serve([...full, { id: 'new' }])
      await pipeline.refresh('alpha')
      serve(scaled([...full, { id: 'new', input: 1 }], 1000))
      await pipeline.refresh('alpha')
      expect(await announcedReasons()).toEqual(['unit_shift', 'shrink', 'unit_shift'])
    })

    it('is approved with the newest content; the number of the older one leads to it', async () => {
      const [newer, older] = await listHolds(pipeline.db, 'all')
      await expect(approveHold(pipeline.context, older?.id ?? 0, decision)).rejects.toMatchObject({
        code: 'invalid_argument',
        message: `Hold ${older?.id} is superseded already by hold ${newer?.id}.`,
      })
      await approveHold(pipeline.context, newer?.id ?? 0, decision)
      expect(await prices()).toMatchObject({ 'model-0000': '1000' })
      expect(await pipeline.db.$queryRaw`SELECT DISTINCT name FROM models`).toEqual([
        { name: 'Renamed' },
      ])
      const holds = await listHolds(pipeline.db, 'all')
      expect(holds.map(({ status }) => status)).toEqual(['approved', 'superseded'])
    })
  })

  it('is withdrawn when the upstream lists again what is stored', async () => {
    serve(full)
    expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'unchanged' })
    expect(await listHolds(pipeline.db, 'all')).toMatchObject([{ status: 'withdrawn' }])
  })

  it('stays open when an older collect ends late with what is stored', async () => {
    const [hold] = await listHolds(pipeline.db)
    await withdrawSliceHolds(pipeline.db, 'alpha', ['acme'], hold?.fence ?? 0)
    expect(await openHolds()).toHaveLength(1)
  })

  it('cannot be decided twice', async () => {
    const [hold] = await listHolds(pipeline.db)
    await rejectHold(pipeline.context, hold?.id ?? 0, decision)
    await expect(approveHold(pipeline.context, hold?.id ?? 0, decision)).rejects.toMatchObject({
      code: 'invalid_argument',
    })
  })

  it('does not stop a forced refresh', async () => {
    expect(await pipeline.refresh('alpha', { force: true })).toMatchObject({
      status: 'applied',
      updated: 12,
    })
    expect(await prices()).toMatchObject({ 'model-0000': '1000' })
    expect(await openHolds()).toEqual([])
  })
})

describe('a value that is not plausible is held alone', () => {
  const full = simpleModels(12)

  beforeEach(async () => {
    serve(full)
    await pipeline.refresh('alpha')
  })

  it.each<[string, Partial<SimpleModel>, string, string]>([
    ['a price that rises 50 times', { input: 50 }, 'price.input', 'price_jump'],
    ['a price that falls to a tenth', { input: 0.1 }, 'price.input', 'price_jump'],
    ['a paid price that becomes 0', { input: 0 }, 'price.input', 'price_to_zero'],
    [
      'a context window that shrinks by more than half',
      { context: 63_999 },
      'contextWindow',
      'context_shrink',
    ],
  ])('%s', async (_title, change, field, reason) => {
    serve(
      full.map((model, index) => (index === 0 ? { ...model, ...change, name: 'Renamed' } : model)),
    )
    expect(await pipeline.refresh('alpha')).toMatchObject({
      status: 'applied',
      updated: 1,
      held: 1,
    })
    expect(await openHolds()).toEqual([
      { kind: 'value', provider: 'acme', modelId: 'model-0000', field, reason },
    ])
    const [model] = await pipeline.db.$queryRaw<object[]>`
      SELECT name, input_price::text AS input, context_window::int AS context FROM models WHERE model_id = 'model-0000'`
    expect(model).toEqual({ name: 'Renamed', input: '1', context: 128_000 })
  })

  it('a cut of 90 % over several steps, or one of less than 90 %, passes', async () => {
    serve(full.map((model, index) => (index === 0 ? { ...model, input: 0.11 } : model)))
    expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'applied', held: 0 })
    expect(await prices()).toMatchObject({ 'model-0000': '0.11' })
  })

  describe('and then', () => {
    const jumped = full.map((model, index) => (index === 0 ? { ...model, input: 50 } : model))

    beforeEach(async () => {
      serve(jumped)
      await pipeline.refresh('alpha')
    })

    it('is applied when an operator approves it', async () => {
      const [hold] = await listHolds(pipeline.db)
      await approveHold(pipeline.context, hold?.id ?? 0, decision)
      expect(await prices()).toMatchObject({ 'model-0000': '50' })
      expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'unchanged' })
    })

    it('is not held again when an operator rejected it', async () => {
      const [hold] = await listHolds(pipeline.db)
      await rejectHold(pipeline.context, hold?.id ?? 0, decision)
      serve([...jumped, { id: 'new' }])
      expect(await pipeline.refresh('alpha')).toMatchObject({
        status: 'applied',
        added: 1,
        held: 0,
      })
      expect(await openHolds()).toEqual([])
      expect(await prices()).toMatchObject({ 'model-0000': '1' })
    })

    it('releases itself when a second upstream states the same value', async () => {
      serve([{ id: 'model-0000', input: 50 }], '/beta')
      await pipeline.refresh('beta')
      expect(await openHolds()).toEqual([])
      expect(await prices()).toMatchObject({ 'model-0000': '50' })
      const [provenance] = await pipeline.db.$queryRaw<{ source: string }[]>`
        SELECT provenance->>'price.input' AS source FROM models WHERE model_id = 'model-0000'`
      expect(provenance?.source).toBe('alpha')
    })

    it('is withdrawn when the upstream takes it back', async () => {
      serve(full)
      await pipeline.refresh('alpha')
      expect(await openHolds()).toEqual([])
      expect((await listHolds(pipeline.db, 'withdrawn')).map(({ field }) => field)).toEqual([
        'price.input',
      ])
    })
  })

  it('is believed at once when a second upstream states it already', async () => {
    serve([{ id: 'model-0000', input: 50 }], '/beta')
    await pipeline.refresh('beta')
    serve(full.map((model, index) => (index === 0 ? { ...model, input: 50 } : model)))
    expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'applied', held: 0 })
    expect(await prices()).toMatchObject({ 'model-0000': '50' })
  })
})

describe('an older answer', () => {
  it('never undoes a newer one', async () => {
    serve(simpleModels(3))
    await pipeline.refresh('alpha')
    serve(simpleModels(3, { name: 'old' }))
    let parked: (() => Promise<void>) | undefined
    const { refreshProvider } = await import('../../src/refresh/refresh-provider.ts')
    const { closeCollect } = await import('../../src/refresh/close-collect.ts')
    const old = await pipeline.collect('alpha', async ({ runId, fence }, slices) => {
      parked = async () => {
        for (const slice of slices) await refreshProvider(pipeline.context, slice)
        await closeCollect(pipeline.context, runId, fence)
      }
    })
    // The queue lost the first one: its run is given up, and a newer one is applied.
    await pipeline.db.$executeRaw`UPDATE refresh_runs SET status = 'failed' WHERE id = ${old.id}`
    serve(simpleModels(3, { name: 'new' }))
    await pipeline.refresh('alpha')
    await parked?.()
    const names = await pipeline.db.$queryRaw`SELECT DISTINCT name FROM models`
    expect(names).toEqual([{ name: 'new' }])
    const children = await pipeline.db
      .$queryRaw`SELECT status FROM refresh_runs WHERE parent_id = ${old.id}`
    expect(children).toEqual([{ status: 'superseded' }])
  })
})
