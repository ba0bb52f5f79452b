import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { modelKey } from '../../src/catalog/model.ts'
import type { ModelFilter } from '../../src/catalog/model-filter.ts'
import { readModelSort, sortNames, type ModelPlace } from '../../src/catalog/model-order.ts'
import { readChangesAfter, readLatestChanges } from '../../src/catalog/read-changes.ts'
import {
  countCatalog,
  countModels,
  listModels,
  readModel,
  readModels,
} from '../../src/catalog/read-models.ts'
import type { FieldValue } from '../../src/catalog/fields.ts'
import type { ListingDraft } from '../../src/upstreams/upstream.ts'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { simpleUpstream } from '../support/simple-upstream.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'

interface Stated {
  id: string
  provider: string
  input?: string
  [field: string]: FieldValue | undefined
}

const stated: Stated[] = [
  {
    provider: 'openai',
    id: 'gpt-5',
    name: 'GPT-5',
    family: 'gpt',
    type: 'chat',
    input: '1.25',
    contextWindow: 400_000,
    vision: true,
    inputModalities: ['text', 'image'],
  },
  {
    provider: 'openai',
    id: 'gpt-5-mini',
    name: 'GPT-5 mini',
    family: 'gpt',
    type: 'chat',
    input: '0.25',
    contextWindow: 400_000,
    vision: false,
  },
  { provider: 'openrouter', id: 'openai/gpt-5', name: 'OpenAI: GPT-5', input: '1.25' },
  {
    provider: 'anthropic',
    id: 'claude-sonnet-4-5',
    name: 'Claude Sonnet 4.5',
    family: 'claude-sonnet',
    type: 'chat',
    input: '3',
    contextWindow: 200_000,
    outputModalities: ['text'],
  },
  {
    provider: 'google',
    id: 'gemini-2.5-flash',
    name: 'Gemini 2.5 Flash',
    input: '0.30',
    contextWindow: 1_048_576,
  },
  { provider: 'google', id: 'text-embedding-004', name: '100%_Embedding', type: 'embedding' },
]

/** Takes the entry's own fields as they are. */
function takeFields(raw: unknown): ListingDraft {
  const { id: _id, provider: _provider, input, ...fields } = raw as Stated
  const components = input === undefined ? [] : [{ meter: 'input' as const, amount: input }]
  return { fields, prices: { components }, extra: {} }
}

let server: UpstreamServer
let pipeline: Pipeline

beforeAll(async () => {
  server = await startUpstream()
  server.answer('/alpha', { json: { models: stated } })
  const definition = simpleUpstream('alpha', { listing: ({ raw }) => takeFields(raw) })
  pipeline = await openPipeline([{ definition, url: `${server.url}/alpha` }])
  const run = await pipeline.refresh('alpha')
  if (run.status !== 'applied') throw new Error(`the refresh ended as ${run.status}`)
})

afterAll(async () => {
  await pipeline.close()
  await server.close()
})

async function ids(filter: ModelFilter, sort?: string): Promise<string[]> {
  const order = sort === undefined ? undefined : readModelSort(sort)
  const { models } = await listModels(pipeline.db, { ...filter, sort: order, limit: 10, page: 1 })
  return models.map(modelKey)
}

describe('listModels', () => {
  it.each([
    [{ provider: 'openai' }, ['openai/gpt-5', 'openai/gpt-5-mini']],
    [{ family: 'claude-sonnet' }, ['anthropic/claude-sonnet-4-5']],
    [{ type: 'embedding' }, ['google/text-embedding-004']],
    [{ capability: 'vision' }, ['openai/gpt-5']],
    [{ modality: 'image' }, ['openai/gpt-5']],
    [{ modality: 'text', provider: 'anthropic' }, ['anthropic/claude-sonnet-4-5']],
    [{ maxInputPrice: '0.3' }, ['google/gemini-2.5-flash', 'openai/gpt-5-mini']],
    [{ minContext: 1_000_000 }, ['google/gemini-2.5-flash']],
    [{ lifecycle: ['retired'] }, []],
    [{ review: ['disabled', 'new'] }, []],
    [{ tier: 'pro' }, []],
  ] satisfies [ModelFilter, string[]][])('filters by %j', async (filter, expected) => {
    expect(await ids(filter)).toEqual(expected)
  })

  it('sorts in both directions, what is unknown last', async () => {
    const cheapest = await ids({}, 'input_price')
    expect(cheapest[0]).toBe('openai/gpt-5-mini')
    expect(cheapest.at(-1)).toBe('google/text-embedding-004')
    const dearest = await ids({}, '-input_price')
    expect(dearest[0]).toBe('anthropic/claude-sonnet-4-5')
    expect(dearest.at(-1)).toBe('google/text-embedding-004')
    expect(readModelSort('colour')).toBeUndefined()
  })

  it('pages, also beyond the last page', async () => {
    const page = (number: number) => listModels(pipeline.db, { limit: 4, page: number })
    const [first, second, third] = [await page(1), await page(2), await page(3)]
    expect([first.models.length, second.models.length, third.models.length]).toEqual([4, 2, 0])
    expect([first.next?.modelId, second.next, third.next]).toEqual([
      first.models.at(-1)?.modelId,
      undefined,
      undefined,
    ])
    expect(await countModels(pipeline.db, {})).toBe(6)
    expect(await countModels(pipeline.db, { provider: 'openai', maxInputPrice: '1' })).toBe(1)
  })

  it.each(sortNames.flatMap((name) => [name, `-${name}`]))(
    'sorted by %s gives the same by pages, by offset and by cursor',
    async (name) => {
      const sort = readModelSort(name)
      const whole = await listModels(pipeline.db, { sort, limit: 100 })
      expect(whole.models).toHaveLength(6)
      const paged: string[] = []
      const resumed: string[] = []
      let after: ModelPlace | undefined
      for (let page = 1; page <= 6; page++) {
        paged.push(
          ...(await listModels(pipeline.db, { sort, limit: 1, page })).models.map(modelKey),
        )
        const next = await listModels(pipeline.db, { sort, limit: 1, after })
        resumed.push(...next.models.map(modelKey))
        after = next.next
      }
      expect(after).toBeUndefined()
      expect(paged).toEqual(whole.models.map(modelKey))
      expect(resumed).toEqual(whole.models.map(modelKey))
    },
  )

  it('keeps every digit of a price', async () => {
    const model = await readModel(pipeline.db, { provider: 'google', modelId: 'gemini-2.5-flash' })
    expect(model?.prices.components).toEqual([{ meter: 'input', amount: '0.30' }])
  })
})

describe('search', () => {
  it.each([
    ['gpt-5', 'openai/gpt-5'],
    ['GPT5', 'openai/gpt-5'],
    ['openai/gpt-5', 'openai/gpt-5'],
    ['openrouter gpt', 'openrouter/openai/gpt-5'],
    ['sonnet 4.5', 'anthropic/claude-sonnet-4-5'],
    ['claude sonet', 'anthropic/claude-sonnet-4-5'],
    ['embeding', 'google/text-embedding-004'],
    ['100%_', 'google/text-embedding-004'],
  ])('%s finds %s first', async (search, expected) => {
    expect((await ids({ search }))[0]).toBe(expected)
  })

  it.each(['zzzzzz', '/ /', '%', "'; DROP TABLE models; --"])(
    '%j finds nothing that is not there',
    async (search) => {
      const found = await ids({ search })
      expect(found.filter((id) => id !== 'google/text-embedding-004')).toEqual([])
    },
  )

  it('that is blank is none', async () => {
    expect(await ids({ search: ' ' })).toHaveLength(6)
  })

  it('keeps to the filters', async () => {
    expect(await ids({ search: 'gpt', provider: 'openrouter' })).toEqual([
      'openrouter/openai/gpt-5',
    ])
  })
})

describe('readModels', () => {
  it('gives them in the order of the keys and leaves out what is not there', async () => {
    const keys = [
      { provider: 'openrouter', modelId: 'openai/gpt-5' },
      { provider: 'nobody', modelId: 'nothing' },
      { provider: 'openai', modelId: 'gpt-5' },
    ]
    expect((await readModels(pipeline.db, keys)).map(modelKey)).toEqual([
      'openrouter/openai/gpt-5',
      'openai/gpt-5',
    ])
  })

  it('counts what is served', async () => {
    expect(await countCatalog(pipeline.db)).toMatchObject({
      providers: 4,
      models: { active: 6, retired: 0 },
    })
  })
})

describe('the change log', () => {
  it('tells what changed after a version, in the order of the versions', async () => {
    const { version } = await countCatalog(pipeline.db)
    const all = await readChangesAfter(pipeline.db, { version: 0, rowId: 0 })
    expect(all).toMatchObject({ version, next: undefined })
    expect(all.changes.map(({ kind }) => kind)).toEqual(Array.from({ length: 6 }, () => 'added'))
    expect(all.changes.map((change) => change.version)).toEqual(
      all.changes.map((change) => change.version).toSorted((a, b) => a - b),
    )
    const later = await readChangesAfter(pipeline.db, { version: version - 1, rowId: 0 })
    expect(new Set(later.changes.map((change) => change.version))).toEqual(new Set([version]))
    expect((await readChangesAfter(pipeline.db, { version, rowId: 0 })).changes).toEqual([])
    const latest = await readLatestChanges(pipeline.db, 2)
    expect(latest).toEqual(all.changes.slice(-2))
  })

  it('goes on after a row in the middle of a version', async () => {
    const { version } = await countCatalog(pipeline.db)
    const [first, second] = await pipeline.db.$queryRaw<{ id: bigint }[]>`
      SELECT c.id FROM model_changes c JOIN catalog_versions v USING (commit_id)
      WHERE v.version = (SELECT version FROM catalog_versions WHERE provider = 'openai') ORDER BY c.id`
    const openai = await pipeline.db.catalogVersion.findFirstOrThrow({
      where: { provider: 'openai' },
    })
    const rest = await readChangesAfter(pipeline.db, {
      version: Number(openai.version),
      rowId: Number(first?.id),
    })
    expect(rest.changes[0]).toMatchObject({ version: Number(openai.version), provider: 'openai' })
    const after = await readChangesAfter(pipeline.db, {
      version: Number(openai.version),
      rowId: Number(second?.id),
    })
    expect(after.changes.every((change) => change.version > Number(openai.version))).toBe(true)
    expect(after.version).toBe(version)
  })
})
