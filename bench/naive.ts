/**
 * What a plain cron job would do: `prisma.model.upsert` for every model, one after the other or in
 * batches, at every poll. Against it: the same rows in one statement, and what a refresh takes.
 */
import { baseModelOf } from '../src/catalog/base-model.ts'
import { inTransaction, writeTogether, type Db } from '../src/catalog/database.ts'
import { fieldNames, modelFields } from '../src/catalog/fields.ts'
import type { CatalogModel } from '../src/catalog/model.ts'
import { modelHash, modelUpsert } from '../src/catalog/models.ts'
import { flatAmount, priceState } from '../src/catalog/price.ts'
import { modelsDev } from '../src/upstreams/models-dev.ts'
import { catalogOf, readPayload } from '../test/support/catalog-of.ts'
import { openLab, type Lab } from './lab.ts'
import { readPayloadFile, withChangedModels } from './payload.ts'
import { spread, type Benchmark, type Measurement } from './report.ts'

const repetitions = 3
/** Upserts under way at once: the pool's size. */
const batchSize = 10

export const naive: Benchmark = {
  name: 'naive',
  about:
    'all models written by a loop of prisma upserts, against one statement and against a refresh.',
  measure: async () => {
    const lab = await openLab()
    try {
      const { body } = readPayloadFile()
      const { models } = catalogOf(modelsDev, readPayload(modelsDev, body))
      const loops = await measureWrites(lab, models)
      const refreshes = await measureRefreshes(lab, body)
      return [...loops, ...refreshes, ...ratios([...loops, ...refreshes])]
    } finally {
      await lab.close()
    }
  },
}

const cases = {
  one: 'upserts one by one',
  batches: `upserts, ${batchSize} at a time`,
  again: `upserts again, ${batchSize} at a time, nothing changed`,
  statement: 'the same rows in one statement',
  first: 'first refresh: fetch, check, diff, log, prices, events',
  onePercent: 'refresh with 1 % changed',
  unchanged: 'refresh with nothing changed',
} as const

async function measureWrites(lab: Lab, models: readonly CatalogModel[]): Promise<Measurement[]> {
  const [one, batches, again, statement]: [number[], number[], number[], number[]] = [
    [],
    [],
    [],
    [],
  ]
  for (let repetition = 0; repetition < repetitions; repetition++) {
    await onFreshDatabase(lab, async (db) => {
      one.push(await time(() => upsertInBatches(db, models, 1)))
    })
    await onFreshDatabase(lab, async (db) => {
      batches.push(await time(() => upsertInBatches(db, models, batchSize)))
      again.push(await time(() => upsertInBatches(db, models, batchSize)))
    })
    await onFreshDatabase(lab, async (db) => {
      statement.push(await time(() => upsertAtOnce(db, models)))
    })
  }
  return [
    { case: cases.one, values: one, unit: 'ms' },
    { case: cases.batches, values: batches, unit: 'ms' },
    { case: cases.again, values: again, unit: 'ms' },
    { case: cases.statement, values: statement, unit: 'ms' },
  ]
}

async function measureRefreshes(lab: Lab, body: string): Promise<Measurement[]> {
  const [first, onePercent, unchanged]: [number[], number[], number[]] = [[], [], []]
  for (let repetition = 0; repetition < repetitions; repetition++)
    await lab.withWorker(async ({ refresh }) => {
      lab.upstream.serve(body)
      first.push((await refresh('applied')).ms)
      for (let round = 1; round <= 5; round++) {
        lab.upstream.serve(withChangedModels(body, 100, round))
        onePercent.push((await refresh('applied')).ms)
        unchanged.push((await refresh('unchanged')).ms)
      }
    })
  return [
    { case: cases.first, values: first, unit: 'ms' },
    { case: cases.onePercent, values: onePercent, unit: 'ms' },
    { case: cases.unchanged, values: unchanged, unit: 'ms' },
  ]
}

function ratios(measured: readonly Measurement[]): Measurement[] {
  const medianOf = (name: string) =>
    spread(measured.find((each) => each.case === name)?.values ?? []).median
  const ratio = (slow: string, fast: string): Measurement => ({
    case: `${slow} / ${fast}`,
    values: [medianOf(slow) / medianOf(fast)],
    unit: '×',
  })
  return [
    { ...ratio(cases.one, cases.statement), target: 10 },
    { ...ratio(cases.batches, cases.statement), target: 10 },
    ratio(cases.one, cases.first),
    ratio(cases.batches, cases.first),
    { ...ratio(cases.again, cases.onePercent), target: 10 },
    { ...ratio(cases.again, cases.unchanged), target: 10 },
  ]
}

async function onFreshDatabase(lab: Lab, work: (db: Db) => Promise<void>): Promise<void> {
  const { context, close } = await lab.install()
  try {
    // Connects the pool, which is no part of what is compared.
    await Promise.all(Array.from({ length: batchSize }, () => context.db.$queryRaw`SELECT 1`))
    await work(context.db)
  } finally {
    await close()
  }
}

async function time(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

async function upsertAtOnce(db: Db, models: readonly CatalogModel[]): Promise<void> {
  const writes = models.map((model) => ({
    model,
    hash: modelHash(model),
    nextChangeOn: null,
    missingSince: null,
    retiredAt: null,
  }))
  const upsert = modelUpsert(writes, { commitId: 1, at: new Date() })
  await inTransaction(db, (tx) => writeTogether(tx, { upsert }))
}

async function upsertInBatches(
  db: Db,
  models: readonly CatalogModel[],
  size: number,
): Promise<void> {
  for (let start = 0; start < models.length; start += size)
    await Promise.all(models.slice(start, start + size).map((model) => upsertOne(db, model)))
}

async function upsertOne(db: Db, model: CatalogModel): Promise<void> {
  const { provider, modelId } = model
  const row = toPrismaRow(model)
  await db.model.upsert({
    where: { provider_modelId: { provider, modelId } },
    create: row,
    update: row,
    select: { provider: true },
  })
}

function toPrismaRow(model: CatalogModel) {
  const { provider, modelId, fields, prices, extra, provenance, conflicts } = model
  const lists = {
    inputModalities: fields.inputModalities ?? [],
    outputModalities: fields.outputModalities ?? [],
  }
  const scalars = Object.fromEntries(
    fieldNames
      .filter((name) => modelFields[name].kind !== 'list')
      .map((name) => [name, fields[name] ?? null]),
  )
  const now = new Date()
  const { base, variant } = baseModelOf({ provider, modelId, baseModel: fields.baseModel })
  return {
    ...scalars,
    ...lists,
    provider,
    modelId,
    baseId: base,
    variant,
    name: fields.name ?? modelId,
    inputPrice: flatAmount(prices, 'input') ?? null,
    outputPrice: flatAmount(prices, 'output') ?? null,
    cacheReadPrice: flatAmount(prices, 'cache_read') ?? null,
    priceState: priceState(prices),
    prices: prices.components,
    extra: JSON.parse(JSON.stringify(extra)) as object,
    provenance,
    conflicts,
    hash: modelHash(model),
    createdAt: now,
    changedAt: now,
    commitId: 1,
  }
}
