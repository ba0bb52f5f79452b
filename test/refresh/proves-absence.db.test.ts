import { afterEach, beforeEach, expect, describe, it } from 'vitest'
import { dryRun } from '../../src/refresh/dry-run.ts'
import { provesAbsence } from '../../src/upstreams/configured-upstream.ts'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { simpleModels, simpleUpstream, type SimpleModel } from '../support/simple-upstream.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'

let server: UpstreamServer
let pipeline: Pipeline

beforeEach(async () => {
  server = await startUpstream()
  pipeline = await openPipeline([
    { definition: simpleUpstream('seen'), url: `${server.url}/list` },
    { definition: simpleUpstream('unseen', { verified: false }), url: `${server.url}/list` },
    { definition: simpleUpstream('partial', { complete: false }), url: `${server.url}/list` },
  ])
})

afterEach(async () => {
  await pipeline.close()
  await server.close()
})

function serve(models: SimpleModel[]): void {
  server.answer('/list', { json: { models } })
}

async function states(upstream: string): Promise<Record<string, number>> {
  const rows = await pipeline.db.$queryRaw<{ state: string; count: number }[]>`
    SELECT state, count(*)::int AS count FROM listings WHERE upstream = ${upstream} GROUP BY 1 ORDER BY 1`
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

const all = [...simpleModels(10), ...simpleModels(10, { provider: 'other' })]
/** One model of `acme` is gone, and all of `other`. */
const fewer = simpleModels(9)

describe('a list that proves no absence', () => {
  it('is not held again and again once a shorter one was approved of', async () => {
    serve(simpleModels(10))
    await pipeline.refresh('partial')
    serve(simpleModels(4))
    expect(await pipeline.refresh('partial')).toMatchObject({ status: 'held' })
    // What is not listed stays, so nothing changes; but four models are the measure from now on.
    expect(await pipeline.refresh('partial', { force: true })).toMatchObject({
      status: 'unchanged',
    })
    serve(simpleModels(4, { context: 64_001 }))
    expect(await pipeline.refresh('partial')).toMatchObject({ status: 'applied' })
    expect(await states('partial')).toEqual({ present: 10 })
  })
})

describe('an upstream whose adapter has read no recorded payload', () => {
  beforeEach(async () => {
    serve(all)
    for (const upstream of ['seen', 'unseen', 'partial']) await pipeline.refresh(upstream)
    serve(fewer)
  })

  it('retires nothing, however long a model or a provider is not listed', async () => {
    for (const day of ['2030-01-01', '2030-01-11', '2030-01-21', '2030-01-31']) {
      pipeline.at(`${day}T00:00:00Z`)
      for (const upstream of ['seen', 'unseen', 'partial']) await pipeline.refresh(upstream)
    }
    // The provider that is gone is held for review where absence counts, and not even looked at else.
    expect(await states('seen')).toEqual({ present: 19, retired: 1 })
    expect(await states('unseen')).toEqual({ present: 20 })
    expect(await states('partial')).toEqual({ present: 20 })
  })

  it('is taken at its word by force, which an incomplete list is not', async () => {
    const force = { force: true }
    await pipeline.refresh('unseen', force)
    await pipeline.refresh('partial', force)
    expect(await states('unseen')).toEqual({ present: 9, retired: 11 })
    expect(await states('partial')).toEqual({ present: 20 })
  })

  it('is taken at its word by force also for what was passed over before', async () => {
    await pipeline.refresh('unseen')
    expect(await states('unseen')).toEqual({ present: 20 })
    await pipeline.refresh('unseen', { force: true })
    expect(await states('unseen')).toEqual({ present: 9, retired: 11 })
    await pipeline.refresh('unseen', { force: true })
    expect(await states('unseen')).toEqual({ present: 9, retired: 11 })
  })

  it('loses what was passed over once its adapter is verified and reads the list anew', async () => {
    await pipeline.refresh('unseen')
    const unseen = pipeline.context.upstreams.get('unseen')
    if (!unseen) throw new Error('There is no upstream unseen.')
    Object.assign(unseen.definition, { verified: true, adapterVersion: 2 })
    await pipeline.refresh('unseen')
    expect(await states('unseen')).toEqual({ missing: 1, present: 19 })
  })

  it('shows no absent model in a dry run, but with force', async () => {
    const absent = async (force: boolean) => {
      const { slices } = await dryRun(pipeline.context, { upstream: 'unseen', force })
      return slices.reduce((sum, slice) => sum + slice.absent.length, 0)
    }
    expect(await absent(false)).toBe(0)
    expect(await absent(true)).toBe(11)
  })

  it('does not retire what was missing before it lost its proof', async () => {
    const seen = pipeline.context.upstreams.get('seen')
    if (!seen) throw new Error('There is no upstream seen.')
    pipeline.at('2030-01-01T00:00:00Z')
    await pipeline.refresh('seen')
    expect(await states('seen')).toEqual({ missing: 1, present: 19 })
    seen.definition.verified = false
    for (const day of ['2030-02-01', '2030-02-11', '2030-02-21']) {
      pipeline.at(`${day}T00:00:00Z`)
      await pipeline.refresh('seen')
    }
    expect(await states('seen')).toEqual({ missing: 1, present: 19 })
  })
})

it.each([
  [{ complete: true, verified: true }, {}, true],
  [{ complete: true, verified: false }, {}, false],
  [{ complete: true, verified: false }, { force: true }, true],
  [{ complete: false, verified: true }, { force: true }, false],
  [{ complete: true, verified: false, runtime: true as const }, {}, true],
])('%j, %j: absence counts %s', (upstream, options, expected) => {
  expect(provesAbsence(upstream, options)).toBe(expected)
})
