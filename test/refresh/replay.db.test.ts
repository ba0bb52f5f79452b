/** A year of models.dev as it really was, through the pipeline and a database: ../shared/data/README.md. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { modelKey } from '../../src/catalog/model.ts'
import {
  readPricesAt,
  readPricesOfModelsAt,
  type PricePeriod,
} from '../../src/catalog/read-prices.ts'
import { isJsonObject, parseJson, type Json, type JsonObject } from '../../src/json.ts'
import { jsonDifferences } from '../support/compare-json.ts'
import {
  datedSnapshots,
  seriesCounts,
  statedModels,
  statedPrices,
  type DatedSnapshot,
} from '../support/models-dev-series.ts'
import { remerge } from '../support/remerge.ts'
import { openReplay, type Replay } from '../support/replay.ts'
import { hasSharedData, readShared, sharedDataNote, sharedFiles } from '../support/shared-data.ts'
import { renderLitellm, renderModelsDev } from '../support/render-formats.ts'

const snapshots = datedSnapshots()
// Each snapshot costs seconds, and the machine may be busy.
const timeout = 60_000
/** The first two and the last three: what the last ones are made of has the whole year behind it. */
const comparedWhole = new Set(
  [...snapshots.slice(0, 2), ...snapshots.slice(-3)].map(({ date }) => date),
)

describe.skipIf(!hasSharedData)(`every snapshot, taken at its word${sharedDataNote}`, () => {
  let replay: Replay
  beforeAll(async () => void (replay = await openReplay()))
  afterAll(() => replay.close())

  const counts = seriesCounts()
  it.each(snapshots)(
    '$date changes exactly the models that differ',
    async (snapshot) => {
      const { added, removed, changed, models } = counts.get(snapshot.date) ?? {}
      expect(await replay.refresh(snapshot, { force: true })).toMatchObject({
        status: 'applied',
        entries: models,
        rejected: 0,
        added,
        removed,
        updated: changed,
        missing: 0,
        held: 0,
      })
      const differences = comparedWhole.has(snapshot.date)
        ? await differencesOfExport(replay, snapshot)
        : []
      expect(differences).toEqual([])
    },
    timeout,
  )

  it(
    'a second refresh of the newest snapshot writes no row, forced or in another order',
    async () => {
      const [newest] = snapshots.slice(-1)
      if (!newest) throw new Error('there is no snapshot')
      const before = await fingerprints(replay)
      const unchanged = { status: 'unchanged', unchanged: counts.get(newest.date)?.models }
      expect(await replay.refresh(newest, { force: true })).toMatchObject(unchanged)
      const reordered = { ...newest, read: () => reversed(newest.read()) }
      expect(await replay.refresh(reordered)).toMatchObject(unchanged)
      expect(await fingerprints(replay)).toEqual(before)
    },
    timeout,
  )

  it(
    'every model is what its stored listings merge to',
    async () => {
      expect(await remerge(replay.context, snapshots.at(-1)?.at)).toEqual([])
    },
    timeout,
  )

  it(
    'the history knows every price of every date, digit by digit',
    async () => {
      const { models } = await replay.readCatalog()
      for (const { date, at, read } of snapshots) {
        const charged = await readPricesOfModelsAt(replay.db, models, at)
        const stated = [...statedModels(parseJson(read()))].flatMap(([id, model]) =>
          statedPrices(model).map((price) => `${date} ${id} ${price}`),
        )
        expect(charged.map((price) => `${date} ${priceLine(price)}`).sort()).toEqual(stated.sort())
      }
    },
    timeout,
  )

  it('one model’s price of a day is what its file of that day says', async () => {
    const key = { provider: 'openai', modelId: 'gpt-4o' }
    for (const { at, read } of snapshots) {
      const stated = statedModels(parseJson(read())).get(modelKey(key)) ?? null
      const prices = await readPricesAt(replay.db, key, at)
      expect(prices.map(({ component, amount }) => `${component} ${amount}`).sort()).toEqual(
        statedPrices(stated),
      )
    }
    expect(await readPricesAt(replay.db, key, new Date('2020-01-01'))).toEqual([])
  })
})

describe.skipIf(!hasSharedData)(`LiteLLM's cost map${sharedDataNote}`, () => {
  let replay: Replay
  beforeAll(async () => void (replay = await openReplay()))
  afterAll(() => replay.close())

  it(
    'comes back from the database whole: prices, limits, capabilities and the rest',
    async () => {
      const folder = 'upstreams/litellm/series'
      const body = readShared(`${folder}/${sharedFiles(folder, '.gz').at(-1)}`)
      expect(await replay.refreshLitellm(body)).toMatchObject({ status: 'applied', rejected: 0 })
      const { models } = await replay.readCatalog()
      expect(jsonDifferences(litellmRows(body), parseJson(renderLitellm(models)))).toEqual([])
    },
    timeout,
  )
})

async function differencesOfExport(replay: Replay, { read }: DatedSnapshot): Promise<string[]> {
  const { providers, models } = await replay.readCatalog()
  return jsonDifferences(parseJson(read()), parseJson(renderModelsDev(providers, models)))
}

const tables = [
  'listings',
  'models',
  'model_changes',
  'price_history',
  'catalog_versions',
  'provider_slices',
  'providers',
] as const

/** Every row with the transaction that wrote it last, boiled down to a line a table. */
async function fingerprints({ db }: Replay): Promise<unknown[]> {
  return Promise.all(
    tables.map((table) =>
      db.$queryRawUnsafe(`
        SELECT count(*)::int AS rows, md5(string_agg(line, '' ORDER BY line)) AS content
        FROM (SELECT md5(t.xmin::text || t::text) AS line FROM ${table} t) lines`),
    ),
  )
}

function priceLine(price: PricePeriod): string {
  return `${modelKey(price)} ${price.component} ${price.amount}`
}

/** Another order of the providers and their models, the same content. */
function reversed(body: string): string {
  const tree = parseJson(body)
  return JSON.stringify(
    reverseKeys(tree, (provider) => reverseKeys(provider, (value) => reverseKeys(value))),
  )
}

function reverseKeys(value: Json, inner: (member: Json) => Json = (member) => member): Json {
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, inner(member)]),
  )
}

function litellmRows(body: string): JsonObject {
  const json = parseJson(body)
  const notModels = new Set(['sample_spec', 'fallback_generalizations', 'last_updated'])
  return Object.fromEntries(
    Object.entries(isJsonObject(json) ? json : {}).filter(([key]) => !notModels.has(key)),
  )
}
