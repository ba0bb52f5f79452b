import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, type Database, type Reader } from '../../src/catalog/database.ts'
import type { ModelFilter } from '../../src/catalog/model-filter.ts'
import { readModelSort, sortNames } from '../../src/catalog/model-order.ts'
import { readBenchmarks } from '../../src/catalog/read-benchmarks.ts'
import { readModelsThatFit } from '../../src/catalog/read-catalog.ts'
import {
  readChangesAfter,
  readLatestChanges,
  readModelHistory,
} from '../../src/catalog/read-changes.ts'
import { readConflicts } from '../../src/catalog/read-conflicts.ts'
import {
  countCatalog,
  countModels,
  countModelsByProvider,
  listModels,
  readModels,
} from '../../src/catalog/read-models.ts'
import { newsKinds, readNews } from '../../src/catalog/read-news.ts'
import { readOffers } from '../../src/catalog/read-offers.ts'
import { readPriceHistory, readPricesAt } from '../../src/catalog/read-prices.ts'
import { readVersionsAfter } from '../../src/catalog/read-versions.ts'
import { recommendModels } from '../../src/catalog/recommend.ts'
import { countModels as countForGauges } from '../../src/history/gauges.ts'
import { readModelHealth, readProviderHealth } from '../../src/history/read-health.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { plansOf, withChildren, type Plan } from '../support/explain.ts'
import { fillCatalog, rare } from '../support/generated-catalog.ts'

let database: TestDatabase
let client: Client
let connected: Database

beforeAll(async () => {
  database = await createDatabase()
  client = new Client({ connectionString: database.url })
  await client.connect()
  await fillCatalog(client)
  connected = openDatabase({ url: database.url, poolSize: 2, applicationName: 'explain' })
}, 120_000)

afterAll(async () => {
  await connected.close()
  await client.end()
  await database.drop()
})

const grown = new Set(['models', 'listings', 'model_changes', 'price_history'])

function plansFor(ask: (reader: Reader) => Promise<unknown>): Promise<Plan[]> {
  return plansOf(connected.db, client, ask)
}

/** Statements that read a table from end to end that grows with the catalog. */
function fullScans(plans: readonly Plan[]): object[] {
  return plans.flatMap(({ sql, nodes }) =>
    nodes
      .filter((node) => node['Node Type'] === 'Seq Scan')
      .filter((node) => grown.has(node['Relation Name'] ?? ''))
      .map((node) => ({ table: node['Relation Name'], sql })),
  )
}

function indexConditions(plans: readonly Plan[]): string {
  return plans
    .flatMap(({ nodes }) => nodes.map((node) => `${node['Index Name']}: ${node['Index Cond']}`))
    .join('\n')
}

const audience = 'free'
const served: ModelFilter = { audience, lifecycle: ['active', 'deprecated', 'missing'] }
const key = { provider: 'provider-7', modelId: 'lab-20/model-1007' }

describe('of 100,000 models', () => {
  it.each([
    [{ provider: rare.provider }, 'provider'],
    [{ type: rare.type }, 'type'],
    [{ family: rare.family }, 'family'],
    [{ capability: rare.capability }, 'capabilities'],
    [{ capabilities: ['vision', rare.capability] }, 'capabilities'],
    [{ modality: rare.modality }, 'input_modalities'],
    [{ tier: rare.tier }, 'tiers'],
    [{ tag: rare.tag }, 'tags'],
    [{ maxInputPrice: '0.06' }, 'input_price'],
    [{ minContext: 9_000_000 }, 'context_window'],
    [{ lifecycle: ['retired'] }, 'lifecycle'],
    [{ review: ['disabled'], audience: 'all' }, 'review'],
    [{ search: 'model-4242' }, 'models_search_idx'],
    [{ search: 'modl 4242' }, 'models_search_idx'],
    [{ search: '42' }, 'models_search_idx'],
    [{ search: 'a' }, 'models_search_idx'],
  ] satisfies [ModelFilter, string][])(
    'few that fit %j are found by an index',
    async (filter, by) => {
      const query = { ...served, ...filter }
      for (const ask of [
        (reader: Reader) => listModels(reader, { ...query, limit: 50 }),
        (reader: Reader) => countModels(reader, query),
      ]) {
        const plans = await plansFor(ask)
        expect(fullScans(plans)).toEqual([])
        expect(indexConditions(plans)).toContain(by)
      }
    },
  )

  it.each([
    {},
    { type: 'chat' },
    { capability: 'function_calling' },
    { modality: 'image' },
    { maxInputPrice: '40' },
    { minContext: 1000 },
    { type: 'chat', capability: 'vision', modality: 'image', minContext: 100_000 },
    { search: 'lab-13' },
  ] satisfies ModelFilter[])(
    'many that fit %j are listed and counted by an index',
    async (filter) => {
      const plans = await plansFor(async (reader) => {
        await listModels(reader, { ...served, ...filter, limit: 50, page: 3 })
        await countModels(reader, { ...served, ...filter })
      })
      expect(fullScans(plans)).toEqual([])
    },
  )

  it.each(sortNames.flatMap((name) => [name, `-${name}`]))(
    'the order %s is that of an index, from its beginning and from any place',
    async (name) => {
      const sort = readModelSort(name)
      const first = await listModels(connected.db, { ...served, sort, limit: 50 })
      expect(first.next).toBeDefined()
      const plans = await plansFor(async (reader) => {
        await listModels(reader, { ...served, sort, limit: 50 })
        await listModels(reader, { ...served, sort, limit: 50, after: first.next })
        await listModels(reader, { ...served, sort, limit: 50, page: 4 })
      })
      expect(fullScans(plans)).toEqual([])
      expect(plans.flatMap(sortsBelowLimit)).toEqual([])
    },
  )

  it('what is unknown comes last, by the same index', async () => {
    const sort = readModelSort('-release_date')
    const after = { value: null, provider: 'provider-1', modelId: '' }
    const plans = await plansFor((reader) => listModels(reader, { sort, limit: 50, after }))
    expect(plans.flatMap(sortsBelowLimit)).toEqual([])
    // Page 1,999 lies wholly in it: the known ones are counted, not read.
    const far = await plansFor((reader) => listModels(reader, { sort, limit: 50, page: 1999 }))
    expect(fullScans([...plans, ...far])).toEqual([])
  })

  const now = new Date()
  it.each([
    ['compare', (reader) => readModels(reader, [key, { ...key, modelId: 'lab-29/model-7' }])],
    ['offers', (reader) => readOffers(reader, key)],
    ['benchmarks', (reader) => readBenchmarks(reader, key)],
    [
      'recommend',
      (reader) =>
        recommendModels(reader, {
          filter: { audience, type: 'chat', capabilities: ['vision'], minContext: 100_000 },
          inputTokens: 1000,
          outputTokens: 1000,
          at: now,
          limit: 10,
        }),
    ],
    ['conflicts', (reader) => readConflicts(reader, { audience, limit: 50, page: 2 })],
    [
      'conflicts of a field and a provider',
      (reader) =>
        readConflicts(reader, {
          field: rare.conflict,
          provider: rare.provider,
          limit: 50,
          page: 1,
        }),
    ],
    ['counts by provider', (reader) => countModelsByProvider(reader, audience)],
    ['counts of a provider', (reader) => countModelsByProvider(reader, audience, rare.provider)],
    ['counts of the catalog', countCatalog],
    ['counts for the gauges', countForGauges],
    ['the health of providers', (reader) => readProviderHealth(reader)],
    ['the health of a model', (reader) => readModelHealth(reader, key)],
    ['prices on a day', (reader) => readPricesAt(reader, key, now)],
    ['the history of prices', (reader) => readPriceHistory(reader, key, { limit: 50, page: 1 })],
    [
      'the history of one price',
      (reader) => readPriceHistory(reader, key, { component: 'output', limit: 50, page: 1 }),
    ],
    [
      'changes since a version',
      (reader) => readChangesAfter(reader, { version: 400, rowId: 0 }, { audience, limit: 50 }),
    ],
    [
      'changes of a provider since a version',
      (reader) =>
        readChangesAfter(
          reader,
          { version: 400, rowId: 0 },
          { audience, provider: 'provider-7', limit: 50 },
        ),
    ],
    ['the latest changes', (reader) => readLatestChanges(reader, 20)],
    ['the history of a model', (reader) => readModelHistory(reader, key, 50)],
    ['events since a version', (reader) => readVersionsAfter(reader, 400)],
    ['news', (reader) => readNews(reader, { audience, kinds: newsKinds, limit: 50 })],
    [
      'news of a provider',
      (reader) =>
        readNews(reader, { audience, kinds: ['price'], provider: 'provider-7', limit: 50 }),
    ],
    [
      'the models of a provider for a format',
      (reader) => readModelsThatFit(reader, { audience, provider: rare.provider }),
    ],
  ] satisfies [string, (reader: Reader) => Promise<unknown>][])('%s', async (_case, ask) => {
    const plans = await plansFor(ask)
    expect(plans.length).toBeGreaterThan(0)
    expect(fullScans(plans)).toEqual([])
  })
})

/** Sorting before the page is cut means that the whole list is read for each page of it. */
function sortsBelowLimit({ nodes }: Plan): string[] {
  return nodes
    .filter((node) => node['Node Type'] === 'Limit')
    .flatMap(withChildren)
    .map((node) => node['Node Type'])
    .filter((type) => type.endsWith('Sort'))
}
