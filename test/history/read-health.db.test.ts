import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readModelHealth, readProviderHealth } from '../../src/history/read-health.ts'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { simpleUpstream } from '../support/simple-upstream.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'

// A runtime of one's own; a provider's own API whose adapter proves no absence; and an aggregator.
let server: UpstreamServer
let pipeline: Pipeline

beforeAll(async () => {
  server = await startUpstream()
  const runtime = simpleUpstream('ollama', { runtime: true, verified: false, provider: 'ollama' })
  pipeline = await openPipeline([
    { definition: runtime, url: `${server.url}/ollama` },
    { definition: simpleUpstream('own', { verified: false }), url: `${server.url}/own` },
    { definition: simpleUpstream('others'), url: `${server.url}/others` },
  ])
})

afterAll(async () => {
  await pipeline.close()
  await server.close()
})

async function refresh(upstream: string, ids: readonly string[], provider: string): Promise<void> {
  server.answer(`/${upstream}`, { json: { models: ids.map((id) => ({ id, provider })) } })
  await pipeline.refresh(upstream)
}

const ofModel = (provider: string, modelId: string) =>
  readModelHealth(pipeline.db, { provider, modelId })
const ofProvider = async (provider: string) =>
  (await readProviderHealth(pipeline.db, provider))(provider)

describe('a model of a runtime of one’s own', () => {
  it('is healthy while the runtime lists it, whatever others list', async () => {
    await refresh('ollama', ['llama3', 'qwen3', '"odd"\\'], 'ollama')
    await refresh('others', ['llama3', 'qwen3', 'never-loaded'], 'ollama')
    expect(await ofModel('ollama', 'llama3')).toMatchObject({
      health: 'healthy',
      listed_by: ['ollama'],
      success_rate: 1,
    })
    await refresh('ollama', ['llama3'], 'ollama')
    expect(await ofModel('ollama', 'llama3')).toMatchObject({ health: 'healthy' })
    for (const id of ['qwen3', '"odd"\\'])
      expect(await ofModel('ollama', id)).toMatchObject({
        health: 'unavailable',
        listed_by: [],
        last_verified_at: null,
      })
    expect(await ofModel('ollama', 'never-loaded')).toMatchObject({ listed_by: ['others'] })
  })

  it('is unavailable while the runtime does not answer, and so is its provider', async () => {
    server.answer('/ollama', { status: 503 })
    await pipeline.refresh('ollama')
    expect(await ofModel('ollama', 'llama3')).toMatchObject({ health: 'unavailable' })
    expect(await ofProvider('ollama')).toMatchObject({ health: 'unavailable' })
    await refresh('ollama', ['llama3'], 'ollama')
    expect(await ofModel('ollama', 'llama3')).toMatchObject({ health: 'healthy' })
    expect(await ofProvider('ollama')).toMatchObject({ health: 'healthy', listed_by: ['ollama'] })
  })
})

describe('a model of several upstreams', () => {
  it('is degraded once one of them lists it no more, and unavailable once none does', async () => {
    await refresh('own', ['a', 'b', 'c'], 'acme')
    await refresh('others', ['a', 'b', 'c'], 'acme')
    expect(await ofModel('acme', 'a')).toMatchObject({ health: 'healthy' })
    await refresh('own', ['b', 'c'], 'acme')
    expect(await ofModel('acme', 'a')).toMatchObject({
      health: 'degraded',
      listed_by: ['others'],
    })
    await refresh('others', ['b', 'c'], 'acme')
    expect(await ofModel('acme', 'a')).toMatchObject({ health: 'unavailable' })
    expect(await ofModel('acme', 'b')).toMatchObject({
      health: 'healthy',
      listed_by: ['others', 'own'],
    })
  })

  it('whose value is held is listed all the same', async () => {
    const models = (input: number) => ({
      json: {
        models: [
          { id: 'b', provider: 'acme', input },
          { id: 'c', provider: 'acme' },
        ],
      },
    })
    server.answer('/own', models(1))
    await pipeline.refresh('own')
    server.answer('/own', models(1000))
    await pipeline.refresh('own')
    expect(await pipeline.db.hold.count({ where: { modelId: 'b', status: 'open' } })).toBe(1)
    expect(await ofModel('acme', 'b')).toMatchObject({ listed_by: ['others', 'own'] })
  })

  it('is unknown where nobody who is polled lists it', async () => {
    expect(await ofModel('acme', 'nothing')).toMatchObject({ health: 'unknown', listed_by: [] })
    await pipeline.db.upstream.updateMany({ data: { enabled: false } })
    expect(await ofModel('acme', 'b')).toMatchObject({ health: 'unknown', total_requests: 0 })
  })
})
