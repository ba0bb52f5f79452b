import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { modelKey, parseModelKey } from '../../src/catalog/model.ts'
import { readOffers, type Offer } from '../../src/catalog/read-offers.ts'
import type { ListingDraft } from '../../src/upstreams/upstream.ts'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { simpleUpstream } from '../support/simple-upstream.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'

interface Stated {
  provider: string
  id: string
  baseModel?: string
  input?: string
  output?: string
  currency?: string
}

const stated: Stated[] = [
  { provider: 'openai', id: 'gpt-5', input: '1.25', output: '10', baseModel: 'openai/gpt-5' },
  { provider: 'azure', id: 'my-gpt', input: '1', output: '9.5', baseModel: 'openai/gpt-5' },
  { provider: 'router', id: 'openai/GPT-5', input: '1.30', output: '10' },
  { provider: 'unpriced', id: 'gpt-5' },
  { provider: 'yuan', id: 'gpt-5', input: '0.1', output: '0.1', currency: 'CNY' },
  { provider: 'other', id: 'gpt-5', input: '0', output: '0', baseModel: 'somebody/gpt-5' },
  { provider: 'router', id: 'openai/gpt-5:free', input: '0', output: '0' },
  { provider: 'openai', id: 'gpt-5-mini', input: '0.25', output: '2' },
  { provider: 'gone', id: 'gpt-5', input: '0', output: '0' },
]

function takeFields(raw: unknown): ListingDraft {
  const { baseModel, input, output, currency } = raw as Stated
  const components = [
    ...(input === undefined ? [] : [{ meter: 'input' as const, amount: input }]),
    ...(output === undefined ? [] : [{ meter: 'output' as const, amount: output }]),
  ]
  return {
    fields: baseModel === undefined ? {} : { baseModel },
    prices: { ...(currency === undefined ? {} : { currency }), components },
    extra: {},
  }
}

let server: UpstreamServer
let pipeline: Pipeline

beforeAll(async () => {
  server = await startUpstream()
  server.answer('/alpha', { json: { models: stated } })
  const definition = simpleUpstream('alpha', { listing: ({ raw }) => takeFields(raw) })
  pipeline = await openPipeline([{ definition, url: `${server.url}/alpha` }])
  const { status } = await pipeline.refresh('alpha')
  if (status !== 'applied') throw new Error(`the refresh ended as ${status}`)
  await pipeline.db.$executeRaw`
    UPDATE models SET lifecycle = 'retired', retired_at = now() WHERE provider = 'gone'`
})

afterAll(async () => {
  await pipeline.close()
  await server.close()
})

async function offers(id: string): Promise<Offer[]> {
  const key = parseModelKey(id)
  return key ? readOffers(pipeline.db, key) : []
}

describe('readOffers', () => {
  it('has the same base model, else the same id, cheapest first and unknown prices last', async () => {
    const found = await offers('openai/gpt-5')
    expect(found.map(({ model, sameBy }) => [modelKey(model), sameBy])).toEqual([
      ['azure/my-gpt', 'base_model'],
      ['openai/gpt-5', 'itself'],
      ['router/openai/GPT-5', 'model_id'],
      ['unpriced/gpt-5', 'model_id'],
      ['yuan/gpt-5', 'model_id'],
    ])
    expect(found[2]?.model.prices.components).toMatchObject([{ amount: '1.30' }, { amount: '10' }])
  })

  it('does not take a resembling id, or another base model, for the same', async () => {
    const ids = async (id: string) => (await offers(id)).map(({ model }) => modelKey(model))
    expect(await ids('openai/gpt-5-mini')).toEqual(['openai/gpt-5-mini'])
    expect(await ids('router/openai/gpt-5:free')).toEqual(['router/openai/gpt-5:free'])
    expect(await ids('other/gpt-5')).not.toContain('openai/gpt-5')
  })

  it('shows a retired model only to who asks for it', async () => {
    expect((await offers('gone/gpt-5')).map(({ sameBy }) => sameBy)).toContain('itself')
  })

  it('is empty for a model that is not there', async () => {
    expect(await offers('openai/nothing')).toEqual([])
  })
})
