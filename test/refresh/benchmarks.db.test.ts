import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBenchmarks } from '../../src/catalog/read-benchmarks.ts'
import { readVersion } from '../../src/catalog/versions.ts'
import { readOpenrouterBenchmarks } from '../../src/upstreams/openrouter-benchmarks.ts'
import { openrouter } from '../../src/upstreams/openrouter.ts'
import { parseJson, type Json } from '../../src/json.ts'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'

let server: UpstreamServer
let pipeline: Pipeline

beforeAll(async () => {
  server = await startUpstream()
  pipeline = await openPipeline([{ definition: openrouter, url: `${server.url}/models` }])
})
afterAll(async () => {
  await pipeline.close()
  await server.close()
})

function list(benchmarks: object): void {
  const entry = { name: 'One', context_length: 1000, pricing: { prompt: '0.000001' } }
  const others = Array.from({ length: 60 }, (_, index) => ({ ...entry, id: `other/${index}` }))
  server.answer('/models', { json: { data: [{ ...entry, id: 'lab/one', benchmarks }, ...others] } })
}

const scores = async () =>
  (await readBenchmarks(pipeline.db, { provider: 'openrouter', modelId: 'lab/one' })).map(
    ({ benchmark, score, rank }) => [benchmark, score, rank],
  )

describe('benchmarks', () => {
  it('are kept beside the catalog: when they move, nothing of a model has changed', async () => {
    list({
      design_arena: [{ arena: 'models', category: '3d', elo: 1321, win_rate: 58.1, rank: 11 }],
      artificial_analysis: { intelligence_index: 49.9, coding_index: null },
    })
    expect(await pipeline.refresh('openrouter')).toMatchObject({ status: 'applied', added: 61 })
    expect(await scores()).toEqual([
      ['artificial_analysis/intelligence_index', '49.9', null],
      ['design_arena/models/3d', '1321', 11],
      ['design_arena/models/3d/win_rate', '58.1', null],
    ])
    const version = await readVersion(pipeline.db)
    list({ artificial_analysis: { intelligence_index: 50.2 } })
    expect(await pipeline.refresh('openrouter')).toMatchObject({ status: 'unchanged' })
    expect(await scores()).toEqual([['artificial_analysis/intelligence_index', '50.2', null]])
    expect(await readVersion(pipeline.db)).toBe(version)
  })

  it('stay with the listing where they are not understood', () => {
    const stated: Json = parseJson('{"design_arena":[{"elo":"high"}],"new_bench":{"score":0.1}}')
    expect(readOpenrouterBenchmarks(stated)).toEqual({
      scores: [{ benchmark: 'new_bench/score', score: '0.1', unit: 'index', rank: null }],
      rest: { design_arena: [{ elo: 'high' }] },
    })
  })
})
