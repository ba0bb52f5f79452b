import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../src/catalog/migrate.ts'
import { modelKey, parseModelKey } from '../../src/catalog/model.ts'
import { readOffers, type Offers } from '../../src/catalog/read-offers.ts'
import type { ListingDraft } from '../../src/upstreams/upstream.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
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
  { provider: 'bedrock', id: 'openai.gpt-5-2025-08-07-v1:0', input: '1.25', output: '10' },
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
let database: TestDatabase
let pipeline: Pipeline

beforeAll(async () => {
  server = await startUpstream()
  server.answer('/alpha', { json: { models: stated } })
  const definition = simpleUpstream('alpha', { listing: ({ raw }) => takeFields(raw) })
  database = await createDatabase()
  pipeline = await openPipeline([{ definition, url: `${server.url}/alpha` }], {
    databaseUrl: database.url,
  })
  const { status } = await pipeline.refresh('alpha')
  if (status !== 'applied') throw new Error(`the refresh ended as ${status}`)
  await pipeline.db.$executeRaw`
    UPDATE models SET lifecycle = 'retired', retired_at = now() WHERE provider = 'gone'`
})

afterAll(async () => {
  await pipeline.close()
  await database.drop()
  await server.close()
})

async function offersOf(id: string): Promise<Offers> {
  const key = parseModelKey(id)
  return key ? readOffers(pipeline.db, key) : { offers: [], variants: [] }
}

async function idsOf(id: string): Promise<{ same: string[]; variants: string[] }> {
  const { offers, variants } = await offersOf(id)
  return {
    same: offers.map(({ model }) => modelKey(model)),
    variants: variants.map(({ model, variant }) => `${modelKey(model)} ${variant}`),
  }
}

describe('readOffers', () => {
  it('has the same base model, cheapest first and unknown prices last', async () => {
    const { offers } = await offersOf('openai/gpt-5')
    expect(offers.map(({ model, sameBy }) => [modelKey(model), sameBy])).toEqual([
      ['azure/my-gpt', 'base_model'],
      ['openai/gpt-5', 'itself'],
      ['router/openai/GPT-5', 'model_id'],
      ['unpriced/gpt-5', 'model_id'],
      ['yuan/gpt-5', 'model_id'],
    ])
    expect(offers[2]?.model.prices.components).toMatchObject([{ amount: '1.30' }, { amount: '10' }])
  })

  it('is the same from whichever of them it is asked', async () => {
    const { same } = await idsOf('openai/gpt-5')
    for (const id of same) expect((await idsOf(id)).same).toEqual(same)
  })

  it('does not take a resembling id, or another base model, for the same', async () => {
    expect(await idsOf('openai/gpt-5-mini')).toEqual({ same: ['openai/gpt-5-mini'], variants: [] })
    expect((await idsOf('other/gpt-5')).same).toEqual(['other/gpt-5'])
  })

  it('names snapshots and tiers apart, each with what tells it', async () => {
    const variants = [
      'router/openai/gpt-5:free free',
      'bedrock/openai.gpt-5-2025-08-07-v1:0 20250807',
    ]
    expect((await idsOf('openai/gpt-5')).variants).toEqual(variants)
    const free = await idsOf('router/openai/gpt-5:free')
    expect(free.same).toEqual(['router/openai/gpt-5:free'])
    expect(free.variants).toContain('openai/gpt-5 ')
    expect(free.variants).toContain(variants[1])
  })

  it('shows a retired model only to who asks for it', async () => {
    expect((await offersOf('gone/gpt-5')).offers.map(({ sameBy }) => sameBy)).toContain('itself')
  })

  it('is empty for a model that is not there', async () => {
    expect(await offersOf('openai/nothing')).toEqual({ offers: [], variants: [] })
  })

  it('follows the rules of the day after a migration', async () => {
    await pipeline.db
      .$executeRaw`UPDATE models SET base_id = 'old/rule', variant = 'x' WHERE provider = 'yuan'`
    expect((await idsOf('openai/gpt-5')).same).not.toContain('yuan/gpt-5')
    await migrate(database.url)
    expect((await idsOf('openai/gpt-5')).same).toContain('yuan/gpt-5')
  })
})
