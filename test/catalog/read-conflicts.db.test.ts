import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConflicts, type ConflictFilter } from '../../src/catalog/read-conflicts.ts'
import { setOverride } from '../../src/refresh/set-override.ts'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { simpleUpstream } from '../support/simple-upstream.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'

let server: UpstreamServer
let pipeline: Pipeline

const answers = {
  alpha: [
    { id: 'agreed', input: '1', context: 1000 },
    { id: 'context', context: 200_000 },
    { id: 'price', input: '0.1000000000000000055', output: '2', context: 8000 },
    { id: 'far', provider: 'zeta', input: '5' },
  ],
  beta: [
    { id: 'agreed', input: '1.0', context: 1000 },
    { id: 'context', context: 128_000 },
    { id: 'price', input: '0.1', output: '3', context: 8000 },
    { id: 'far', provider: 'zeta', input: '6' },
  ],
  gamma: [{ id: 'price', output: '2' }],
}

beforeAll(async () => {
  server = await startUpstream()
  const ids = ['alpha', 'beta', 'gamma'] as const
  pipeline = await openPipeline(
    ids.map((id, rank) => ({
      definition: simpleUpstream(id, { rank }),
      url: `${server.url}/${id}`,
    })),
  )
  for (const id of ids) {
    server.answer(`/${id}`, { json: { models: answers[id] } })
    const { status } = await pipeline.refresh(id)
    if (status !== 'applied') throw new Error(`the refresh ended as ${status}`)
  }
})

afterAll(async () => {
  await pipeline.close()
  await server.close()
})

const page = { limit: 10, page: 1 }

async function ids(filter: Partial<ConflictFilter>): Promise<string[]> {
  const { models } = await readConflicts(pipeline.db, { ...page, ...filter })
  return models.map(({ modelId }) => modelId)
}

describe('readConflicts', () => {
  it('has all that upstreams state where they disagree, exactly, and whom the catalog believes', async () => {
    const { models, total } = await readConflicts(pipeline.db, page)
    expect(total).toBe(3)
    const confirmedAt = expect.any(Date)
    const price = { unit: 'USD per million tokens', confirmedAt }
    expect(models.slice(0, 2)).toEqual([
      {
        provider: 'acme',
        modelId: 'context',
        fields: [
          {
            field: 'contextWindow',
            taken: 'alpha',
            values: [
              { upstream: 'alpha', value: '200000', unit: 'tokens', confirmedAt },
              { upstream: 'beta', value: '128000', unit: 'tokens', confirmedAt },
            ],
          },
        ],
      },
      {
        provider: 'acme',
        modelId: 'price',
        fields: [
          {
            field: 'price.input',
            taken: 'alpha',
            values: [
              { upstream: 'alpha', value: '0.1000000000000000055', ...price },
              { upstream: 'beta', value: '0.1', ...price },
            ],
          },
          {
            field: 'price.output',
            taken: 'alpha',
            values: [
              { upstream: 'alpha', value: '2', ...price },
              { upstream: 'beta', value: '3', ...price },
              { upstream: 'gamma', value: '2', ...price },
            ],
          },
        ],
      },
    ])
  })

  it('restricts by provider and by field', async () => {
    expect(await ids({ provider: 'zeta' })).toEqual(['far'])
    expect(await ids({ field: 'contextWindow' })).toEqual(['context'])
    const { models } = await readConflicts(pipeline.db, { ...page, field: 'price.output' })
    expect(models.map(({ fields }) => fields.map(({ field }) => field))).toEqual([['price.output']])
    expect(await ids({ field: "'; DROP TABLE models; --" })).toEqual([])
  })

  it('pages without losing the total, even beyond the last page', async () => {
    expect(await ids({ limit: 2 })).toEqual(['context', 'price'])
    expect(await ids({ limit: 2, page: 2 })).toEqual(['far'])
    expect(await readConflicts(pipeline.db, { limit: 2, page: 3 })).toEqual({
      models: [],
      total: 3,
    })
  })

  it('dates a value by the last good answer of its upstream, which still lists it', async () => {
    const before = await confirmed('beta')
    await pipeline.refresh('beta')
    expect((await confirmed('beta')).getTime()).toBeGreaterThan(before.getTime())
  })

  it('leaves out what an upstream does not list any more', async () => {
    await pipeline.db.$executeRaw`
      UPDATE listings SET state = 'missing' WHERE upstream = 'gamma' AND model_id = 'price'`
    const { models } = await readConflicts(pipeline.db, { ...page, field: 'price.output' })
    expect(models[0]?.fields[0]?.values.map(({ upstream }) => upstream)).toEqual(['alpha', 'beta'])
  })

  it('says that an override stands above them', async () => {
    const asked = { provider: 'acme', modelId: 'context', field: 'contextWindow', value: 1 }
    await setOverride(pipeline.context, { ...asked, actor: 'test', reason: null, expiresAt: null })
    const { models } = await readConflicts(pipeline.db, { ...page, field: 'contextWindow' })
    expect(models[0]?.fields[0]?.taken).toBe('override')
  })
})

async function confirmed(upstream: string): Promise<Date> {
  const { models } = await readConflicts(pipeline.db, { ...page, provider: 'zeta' })
  const value = models[0]?.fields[0]?.values.find((stated) => stated.upstream === upstream)
  if (!value) throw new Error(`${upstream} states nothing`)
  return value.confirmedAt
}
