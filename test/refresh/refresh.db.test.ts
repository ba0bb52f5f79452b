import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { remerge } from '../support/remerge.ts'
import { simpleModels, simpleUpstream, type SimpleModel } from '../support/simple-upstream.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'

let server: UpstreamServer
let pipeline: Pipeline

beforeEach(async () => {
  server = await startUpstream()
  pipeline = await openPipeline([
    { definition: simpleUpstream('alpha', { rank: 1 }), url: `${server.url}/alpha` },
    { definition: simpleUpstream('beta', { rank: 2 }), url: `${server.url}/beta` },
  ])
})

afterEach(async () => {
  await pipeline.close()
  await server.close()
})

function serve(models: SimpleModel[], path = '/alpha'): void {
  server.answer(path, { json: { models } })
}

async function models(): Promise<Record<string, unknown>[]> {
  return pipeline.db.$queryRaw`
    SELECT provider || '/' || model_id AS id, name, input_price::text AS input, output_price::text AS output,
      context_window::int AS context, lifecycle, price_state AS "priceState", conflicts, provenance
    FROM models ORDER BY 1`
}

describe('a refresh', () => {
  it('stores every model of a first snapshot as one version per provider', async () => {
    serve([
      { id: 'a', input: '0.15', output: 0.6, context: 1000 },
      { id: 'b', provider: 'other' },
    ])
    const run = await pipeline.refresh('alpha')
    expect(run).toMatchObject({
      status: 'applied',
      added: 2,
      updated: 0,
      slices: 2,
      entries: 2,
      rejected: 0,
    })
    expect(await models()).toMatchObject([
      {
        id: 'acme/a',
        input: '0.15',
        output: '0.6',
        context: 1000,
        priceState: 'priced',
        lifecycle: 'active',
      },
      { id: 'other/b', input: null, priceState: 'unknown' },
    ])
    expect(await versions()).toEqual([1, 2])
  })

  it('writes nothing when the same models come in another order and formatting', async () => {
    const list = simpleModels(5)
    serve(list)
    await pipeline.refresh('alpha')
    const before = await everything()
    server.answer('/alpha', { body: JSON.stringify({ models: list.toReversed() }, null, 2) })
    const run = await pipeline.refresh('alpha')
    expect(run).toMatchObject({ status: 'unchanged', unchanged: 5, added: 0, updated: 0 })
    expect(await everything()).toEqual(before)
  })

  it('sends the validators of a body that was applied and takes 304 for unchanged', async () => {
    server.answer('/alpha', { json: { models: simpleModels(2) }, etag: '"one"' })
    await pipeline.refresh('alpha')
    const run = await pipeline.refresh('alpha')
    expect(run).toMatchObject({ status: 'unchanged', httpStatus: 304 })
    expect(server.requestsTo('/alpha').map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      '"one"',
    ])
  })

  it('logs each changed field, closes the old price and opens the new one', async () => {
    pipeline.at('2026-01-01T00:00:00Z')
    serve([{ id: 'a', input: 1, output: 2, name: 'A' }])
    await pipeline.refresh('alpha')
    pipeline.at('2026-02-01T00:00:00Z')
    serve([{ id: 'a', input: 1.5, output: 2, name: 'B' }])
    const run = await pipeline.refresh('alpha')
    expect(run).toMatchObject({ status: 'applied', updated: 1, priceChanges: 1 })
    const changes = await pipeline.db.$queryRaw`
      SELECT kind, field, "from", "to" FROM model_changes WHERE kind = 'updated' ORDER BY field`
    expect(changes).toEqual([
      { kind: 'updated', field: 'name', from: 'A', to: 'B' },
      { kind: 'updated', field: 'price.input', from: '1', to: '1.5' },
    ])
    const history = await pipeline.db.$queryRaw`
      SELECT component, amount::text AS amount, valid_from AS "from", valid_to AS "to" FROM price_history ORDER BY component, id`
    expect(history).toEqual([
      {
        component: 'input',
        amount: '1',
        from: new Date('2026-01-01T00:00:00Z'),
        to: new Date('2026-02-01T00:00:00Z'),
      },
      { component: 'input', amount: '1.5', from: new Date('2026-02-01T00:00:00Z'), to: null },
      { component: 'output', amount: '2', from: new Date('2026-01-01T00:00:00Z'), to: null },
    ])
  })

  it('takes each field from the best upstream that states it and lists where they disagree', async () => {
    serve([{ id: 'a', input: 1, name: 'Best' }])
    serve([{ id: 'a', input: 3, output: 9, context: 500, name: 'Second' }], '/beta')
    await pipeline.refresh('beta')
    await pipeline.refresh('alpha')
    expect(await models()).toMatchObject([
      {
        name: 'Best',
        input: '1',
        output: '9',
        context: 500,
        conflicts: ['price.input'],
        provenance: {
          name: 'alpha',
          'price.input': 'alpha',
          'price.output': 'beta',
          contextWindow: 'beta',
        },
      },
    ])
  })

  it('keeps an absent model as missing and retires it after three collects and a day', async () => {
    pipeline.at('2026-01-01T00:00:00Z')
    serve([...simpleModels(4), { id: 'going' }])
    await pipeline.refresh('alpha')
    serve(simpleModels(4))
    const first = await pipeline.refresh('alpha')
    expect(first).toMatchObject({ status: 'applied', missing: 1, removed: 0 })
    expect((await models()).find(({ id }) => id === 'acme/going')).toMatchObject({
      lifecycle: 'missing',
    })
    pipeline.at('2026-01-01T12:00:00Z')
    await pipeline.refresh('alpha')
    const third = await pipeline.refresh('alpha')
    expect(third).toMatchObject({ status: 'unchanged' })
    pipeline.at('2026-01-02T00:00:01Z')
    const fourth = await pipeline.refresh('alpha')
    expect(fourth).toMatchObject({ status: 'applied', removed: 1 })
    expect((await models()).find(({ id }) => id === 'acme/going')).toMatchObject({
      lifecycle: 'retired',
    })
  })

  it('brings a missing model back with its history when it is listed again', async () => {
    serve([...simpleModels(4), { id: 'back', name: 'Back' }])
    await pipeline.refresh('alpha')
    serve(simpleModels(4))
    await pipeline.refresh('alpha')
    serve([...simpleModels(4), { id: 'back', name: 'Back' }])
    expect(await pipeline.refresh('alpha')).toMatchObject({
      status: 'applied',
      updated: 1,
      added: 0,
    })
    const kinds = await pipeline.db
      .$queryRaw`SELECT kind FROM model_changes WHERE model_id = 'back' ORDER BY id`
    expect(kinds).toEqual([{ kind: 'added' }, { kind: 'missing' }, { kind: 'returned' }])
  })

  it('retires what is absent at once when it is forced', async () => {
    serve([...simpleModels(1), { id: 'gone' }])
    await pipeline.refresh('alpha')
    serve(simpleModels(1))
    expect(await pipeline.refresh('alpha', { force: true })).toMatchObject({
      status: 'applied',
      removed: 1,
      missing: 0,
    })
  })

  it('keeps what is stored of an entry that does not validate any more', async () => {
    serve([...simpleModels(8), { id: 'bad', input: 1, output: 1 }])
    await pipeline.refresh('alpha')
    serve([...simpleModels(8), { id: 'bad', input: 'NaN', output: 1 }])
    const run = await pipeline.refresh('alpha')
    expect(run).toMatchObject({ status: 'unchanged', rejected: 1, missing: 0, updated: 0 })
    expect((await models()).find(({ id }) => id === 'acme/bad')).toMatchObject({
      input: '1',
      lifecycle: 'active',
    })
    const rejects = await pipeline.db.$queryRaw`SELECT entry_id AS id, reason, raw FROM rejects`
    expect(rejects).toMatchObject([{ id: 'bad', reason: 'price_not_a_number' }])
  })

  it('writes models that are what the stored listings of all upstreams merge to', async () => {
    const odd = { tiers: { big: 1.5, list: [1, 2.25, '3'], deep: { b: null, a: 1e-7 } } }
    serve([...simpleModels(4), { id: 'odd', input: '0.10', output: 1.05, ...odd }])
    serve([...simpleModels(3, { input: 7 }), { id: 'odd', context: 10, ...odd }], '/beta')
    await pipeline.refresh('alpha')
    await pipeline.refresh('beta')
    expect(await remerge(pipeline.context)).toEqual([])
    serve([...simpleModels(3), { id: 'odd', input: '0.11', output: 1.05, ...odd }])
    serve([...simpleModels(4, { input: 8 })], '/beta')
    expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'applied', missing: 1 })
    expect(await pipeline.refresh('beta')).toMatchObject({ status: 'applied', added: 1 })
    expect(await remerge(pipeline.context)).toEqual([])
  })
})

async function versions(): Promise<number[]> {
  const rows = await pipeline.db.$queryRaw<
    { version: bigint }[]
  >`SELECT version FROM catalog_versions ORDER BY version`
  return rows.map(({ version }) => Number(version))
}

/** Everything that a refresh without change must leave as it is. */
async function everything(): Promise<unknown> {
  const { db } = pipeline
  return {
    listings: await db.$queryRaw`SELECT *, xmin::text FROM listings ORDER BY 1, 2, 3`,
    models: await db.$queryRaw`SELECT *, xmin::text FROM models ORDER BY 1, 2`,
    changes: await db.$queryRaw`SELECT * FROM model_changes ORDER BY 1`,
    prices: await db.$queryRaw`SELECT *, xmin::text FROM price_history ORDER BY 1`,
    versions: await db.$queryRaw`SELECT *, xmin::text FROM catalog_versions ORDER BY 1`,
    slices: await db.$queryRaw`SELECT *, xmin::text FROM provider_slices ORDER BY 1, 2`,
    providers: await db.$queryRaw`SELECT *, xmin::text FROM providers ORDER BY 1`,
  }
}
