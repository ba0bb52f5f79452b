/** Prices through the database: what was collected, stored, corrected and exported. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { componentKey } from '../../src/catalog/price.ts'
import { readCatalog } from '../../src/catalog/read-catalog.ts'
import { isJsonObject, parseJson, type JsonObject } from '../../src/json.ts'
import { setOverride } from '../../src/refresh/set-override.ts'
import { litellm } from '../../src/upstreams/litellm.ts'
import { jsonDifferences } from '../support/compare-json.ts'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { hasSharedData, readShared, sharedDataNote } from '../support/shared-data.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'
import { renderLitellm } from '../support/render-formats.ts'

const fixture = readFileSync(new URL('../fixtures/upstreams/litellm.json', import.meta.url), 'utf8')

let server: UpstreamServer
let pipeline: Pipeline

beforeAll(async () => {
  server = await startUpstream()
  const definition = { ...litellm, minimumEntries: 1 }
  pipeline = await openPipeline([{ definition, url: `${server.url}/map` }])
})

afterAll(async () => {
  await pipeline.close()
  await server.close()
})

it('every row comes back whole, and a second refresh finds nothing new', async () => {
  await refresh(fixture)
  expect(jsonDifferences(rowsOf(fixture), await exported())).toEqual([])
  expect(await amountsOf('deepseek', 'nu')).toMatchObject({
    'input;window=67@00:00-16:00': '0.15',
  })
  const again = await refresh(fixture.replace('{', '{ '))
  expect(again.status).toBe('unchanged')
})

it('an operator corrects the price of a region, of a tier and of an hour', async () => {
  for (const [provider, modelId, field, value] of [
    ['azure', 'kappa', 'price.input;region=eu', '3'],
    ['alibaba', 'lambda', 'price.input;tier=32000', '4'],
    ['deepseek', 'nu', 'price.output;window=67@00:00-16:00', '0.5'],
  ] as const)
    await setOverride(pipeline.context, {
      provider,
      modelId,
      field,
      value,
      actor: 'test',
      reason: null,
      expiresAt: null,
    })
  expect(jsonDifferences(rowsOf(fixture), await exported())).toEqual([
    '$.azure/eu/kappa.input_cost_per_token: 0.00000275 → 0.000003',
    expect.stringContaining('"input_cost_per_token":0.000004'),
  ])
  // One block of LiteLLM has one price for all of its hours.
  expect(await amountsOf('deepseek', 'nu')).toMatchObject({
    output: '1.2',
    'output;window=67@00:00-16:00': '0.5',
  })
})

it('a price of a region that jumps is held, and all others change', async () => {
  const raised = fixture
    .replace('"input_cost_per_token": 2.23e-6', '"input_cost_per_token": 2.23e-4')
    .replace('"cache_read_input_token_cost": 2.2e-7', '"cache_read_input_token_cost": 3e-7')
  expect(raised).not.toBe(fixture)
  await refresh(raised)
  expect(await amountsOf('amazon-bedrock', 'lab.iota-v1:0')).toMatchObject({
    'input;region=ap-northeast-1': '2.23',
    'cache_read;region=ap-northeast-1': '0.3',
    input: '0.8',
  })
})

it.skipIf(!hasSharedData)(
  `the whole map of 2026-07 comes back from the database${sharedDataNote}`,
  async () => {
    const body = readShared('upstreams/litellm/series/2026-07-24.model_prices.json.gz')
    await pipeline.db.$executeRaw`DELETE FROM overrides`
    await refresh(body, { force: true })
    const differences = jsonDifferences(rowsOf(body), await exported())
    expect(differences).toEqual([])
  },
)

async function refresh(body: string, options?: { force: boolean }) {
  server.answer('/map', { body })
  return pipeline.refresh('litellm', options)
}

async function exported(): Promise<JsonObject> {
  const { models } = await readCatalog(pipeline.db)
  return rowsOf(renderLitellm(models))
}

async function amountsOf(provider: string, modelId: string): Promise<Record<string, string>> {
  const { models } = await readCatalog(pipeline.db)
  const found = models.find((model) => model.provider === provider && model.modelId === modelId)
  return Object.fromEntries(
    (found?.prices.components ?? []).map((one) => [componentKey(one), one.amount]),
  )
}

function rowsOf(body: string): JsonObject {
  const json = parseJson(body)
  const notModels = new Set(['sample_spec', 'fallback_generalizations', 'last_updated'])
  return Object.fromEntries(
    Object.entries(isJsonObject(json) ? json : {}).filter(([key]) => !notModels.has(key)),
  )
}
