/**
 * An attempt that was thought dead goes on after another has taken its collect over. Whatever it still
 * does, the answer to the later request is what stays.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readRun, readSliceRuns } from '../../src/history/runs.ts'
import { readUpstreamState } from '../../src/history/upstream-state.ts'
import { closeCollect } from '../../src/refresh/close-collect.ts'
import { refreshProvider, type SliceJob } from '../../src/refresh/refresh-provider.ts'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { simpleModels, simpleUpstream } from '../support/simple-upstream.ts'
import {
  startUpstream,
  type UpstreamAnswer,
  type UpstreamServer,
} from '../support/upstream-server.ts'

let server: UpstreamServer
let pipeline: Pipeline

beforeEach(async () => {
  server = await startUpstream()
  pipeline = await openPipeline([
    { definition: simpleUpstream('alpha'), url: `${server.url}/alpha` },
  ])
  server.answer('/alpha', named('before'))
  await pipeline.refresh('alpha')
})

afterEach(async () => {
  await pipeline.close()
  await server.close()
})

function named(name: string): UpstreamAnswer {
  return { json: { models: simpleModels(3, { name }) }, etag: `"${name}"` }
}

async function names(): Promise<unknown> {
  const rows = await pipeline.db.$queryRaw<{ name: string }[]>`SELECT DISTINCT name FROM models`
  return rows.map(({ name }) => name)
}

/** A collect whose answer waits for `arrive`, and whose slices wait for `apply`. */
async function startLate(name: string) {
  const { promise, resolve } = Promise.withResolvers<UpstreamAnswer>()
  const asked = server.requests.length + 1
  server.answer('/alpha', () => promise)
  const parked = parkedSlices()
  const collect = pipeline.collect('alpha', parked.enqueue)
  await expect.poll(() => server.requests.length).toBe(asked)
  const arrive = async () => {
    resolve(named(name))
    return collect
  }
  return { arrive, apply: parked.apply }
}

function parkedSlices() {
  let apply: () => Promise<void> = () => Promise.resolve()
  const enqueue = async (
    { runId, fence }: { runId: number; fence: number },
    slices: SliceJob[],
  ) => {
    apply = async () => {
      for (const slice of slices) await refreshProvider(pipeline.context, slice)
      await closeCollect(pipeline.context, runId, fence)
    }
  }
  return { enqueue, apply: () => apply() }
}

/** A 304 must mean the catalog's own content. */
async function expectTruth(name: string): Promise<void> {
  expect(await names()).toEqual([name])
  const { etag } = await readUpstreamState(pipeline.db, 'alpha')
  expect([null, `"${name}"`]).toContain(etag)
}

describe('an attempt that goes on after it was taken over', () => {
  it('finds its collect ended, and leaves the history of it alone', async () => {
    const late = await startLate('old')
    server.answer('/alpha', named('new'))
    const run = await pipeline.refresh('alpha')
    const before = await readSliceRuns(pipeline.db, run.id)
    await late.arrive()
    await late.apply()
    expect(await readSliceRuns(pipeline.db, run.id)).toEqual(before)
    expect(await readRun(pipeline.db, run.id)).toMatchObject({ status: 'applied', errorCode: null })
    await expectTruth('new')
  })

  it('does not push aside the slices that the later one has handed on', async () => {
    const late = await startLate('old')
    server.answer('/alpha', named('new'))
    const later = parkedSlices()
    const run = await pipeline.collect('alpha', later.enqueue)
    await late.arrive()
    await late.apply()
    expect(await names()).toEqual(['before'])
    await later.apply()
    expect(await readRun(pipeline.db, run.id)).toMatchObject({ status: 'applied', updated: 3 })
    await expectTruth('new')
  })

  it('does not close the collect of the later one as unchanged', async () => {
    const late = await startLate('before')
    server.answer('/alpha', named('new'))
    const later = parkedSlices()
    const run = await pipeline.collect('alpha', later.enqueue)
    await late.arrive()
    expect(await readRun(pipeline.db, run.id)).toMatchObject({ status: 'running' })
    await later.apply()
    expect(await readRun(pipeline.db, run.id)).toMatchObject({ status: 'applied' })
    await expectTruth('new')
  })

  it('does not record its failure as one of the later attempt, or of the upstream', async () => {
    const late = await startLate('old')
    server.answer('/alpha', named('new'))
    const later = parkedSlices()
    const run = await pipeline.collect('alpha', later.enqueue)
    await late.arrive()
    expect(await readRun(pipeline.db, run.id)).toMatchObject({ status: 'running', errorCode: null })
    expect(await readUpstreamState(pipeline.db, 'alpha')).toMatchObject({ consecutiveFailures: 0 })
    await later.apply()
  })

  it('does not apply slices that the later one saw no reason for', async () => {
    server.answer('/alpha', named('passing'))
    const late = parkedSlices()
    await pipeline.collect('alpha', late.enqueue)
    server.answer('/alpha', named('before'))
    expect(await pipeline.refresh('alpha')).toMatchObject({ status: 'unchanged', attempt: 2 })
    await late.apply()
    await expectTruth('before')
  })
})
