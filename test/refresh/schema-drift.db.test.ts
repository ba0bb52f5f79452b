import { afterEach, beforeEach, expect, it } from 'vitest'
import { readSeenFields } from '../../src/history/upstream-state.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { simpleModels, simpleUpstream, type SimpleModel } from '../support/simple-upstream.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'

let server: UpstreamServer
let pipeline: Pipeline
let alpha: Upstream

beforeEach(async () => {
  server = await startUpstream()
  alpha = simpleUpstream('alpha')
  pipeline = await openPipeline([{ definition: alpha, url: `${server.url}/alpha` }])
})

afterEach(async () => {
  await pipeline.close()
  await server.close()
})

/** The first model has the fields; the others are the same at every refresh. */
async function refresh(fields: Partial<SimpleModel>): Promise<string> {
  const [first, ...others] = simpleModels(5, { stays: 1 })
  server.answer('/alpha', { json: { models: [{ ...first, ...fields }, ...others] } })
  return (await pipeline.refresh('alpha')).status
}

async function counted(): Promise<Record<string, number>> {
  const { body } = await pipeline.metrics.render()
  const lines = body.matchAll(
    /^plumbline_schema_drift_total\{upstream="alpha",field="(\w+)"\} (\d+)$/gm,
  )
  return Object.fromEntries([...lines].map(([, field, count]) => [field, Number(count)]))
}

const readByTheAdapter = (firstSeen: unknown) => ({
  id: { firstSeen, types: ['string'] },
  name: { firstSeen, types: ['string'] },
  input: { firstSeen, types: ['number'] },
  output: { firstSeen, types: ['number'] },
  context: { firstSeen, types: ['number'] },
})

it('a vanished, a new and a retyped field are noticed once', async () => {
  await refresh({ old: 'x', size: 1 })
  expect(await counted()).toEqual({})
  await refresh({ size: 'large', fresh: [1] })
  await refresh({ size: 'larger', fresh: [2] })
  expect(await counted()).toEqual({ old: 1, size: 1, fresh: 1 })
  const seen = await readSeenFields(pipeline.db, 'alpha')
  const date = expect.stringMatching(/^\d{4}-.*Z$/)
  expect(Object.fromEntries(seen)).toEqual({
    fresh: { firstSeen: date, types: ['array'] },
    old: { firstSeen: date, lastSeen: date, types: ['string'] },
    size: { firstSeen: date, types: ['number', 'string'] },
    stays: { firstSeen: date, types: ['number'] },
    ...readByTheAdapter(date),
  })
})

it('what two versions of an adapter take for entries is not compared', async () => {
  await refresh({ old: 'x' })
  alpha.adapterVersion++
  await refresh({})
  await refresh({ name: 'Another' })
  expect(await counted()).toEqual({})
})

it('what cannot be noted does not fail the refresh', async () => {
  await pipeline.db.$executeRaw`UPDATE upstreams SET seen_fields = '[]'`
  expect(await refresh({ old: 'x' })).toBe('applied')
})

it('a field of which only the time was noted gets its types without a word', async () => {
  const firstSeen = '2026-01-01T00:00:00Z'
  await refresh({})
  const stated = ['old', 'stays', ...Object.keys(readByTheAdapter(firstSeen))]
  const row = JSON.stringify(Object.fromEntries(stated.map((field) => [field, firstSeen])))
  await pipeline.db.$executeRaw`UPDATE upstreams SET seen_fields = ${row}::jsonb`
  await refresh({ old: 'x' })
  expect(await counted()).toEqual({})
  expect((await readSeenFields(pipeline.db, 'alpha')).get('old')).toEqual({
    firstSeen,
    types: ['string'],
  })
})
