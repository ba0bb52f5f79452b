/**
 * What the guards make of a year of models.dev as it really was, with nobody there to approve anything.
 * Months lie between most of the snapshots, so far more is held than at hourly refreshes.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { diffRecords, flattenModel } from '../../src/catalog/flat-record.ts'
import { modelKey } from '../../src/catalog/model.ts'
import type { Hold } from '../../src/history/holds.ts'
import { datedSnapshots, type DatedSnapshot } from '../support/models-dev-series.ts'
import { modelsAsStated, openReplay, type Replay } from '../support/replay.ts'
import { hasSharedData, sharedDataNote } from '../support/shared-data.ts'

const snapshots = datedSnapshots()
const timeout = 120_000

describe.skipIf(!hasSharedData)(`a year without an operator${sharedDataNote}`, () => {
  let replay: Replay
  beforeAll(async () => void (replay = await openReplay()))
  afterAll(() => replay.close())

  const unexplained: string[] = []

  it(
    'announces the holds that test/fixtures/replay-holds.txt lists',
    async () => {
      const lines: string[] = []
      for (const snapshot of snapshots) {
        const known = new Set((await readHolds(replay)).map(({ id }) => id))
        await replay.refresh(snapshot)
        const announced = await readAnnounced(replay)
        const opened = (await readHolds(replay)).filter(
          ({ id }) => !known.has(id) && announced.has(id),
        )
        lines.push(...holdLines(snapshot, opened))
        if (isDaily(snapshot)) unexplained.push(...(await findUnexplained(replay, snapshot)))
      }
      expect(lines).toEqual(readExpectation())
    },
    timeout,
  )

  it('never differs from the file by a value that no open hold names', () => {
    expect(unexplained).toEqual([])
  })

  it(
    'is what the file says, and holds nothing, once a refresh is forced',
    async () => {
      const [newest] = snapshots.slice(-1)
      if (!newest) throw new Error('there is no snapshot')
      await replay.refresh(newest, { force: true })
      expect(await findUnexplained(replay, newest)).toEqual([])
      expect(await readHolds(replay)).toEqual([])
    },
    timeout,
  )
})

/** The days on which a provider changes while a hold of it is open. */
function isDaily({ date }: DatedSnapshot): boolean {
  return date >= '2026-06-25'
}

async function readHolds({ db }: Replay): Promise<Hold[]> {
  return db.$queryRaw`
    SELECT id, kind, provider, model_id AS "modelId", field, reason, message FROM holds
    WHERE status = 'open'`
}

/** Ids of the holds that somebody was told of. */
async function readAnnounced({ db }: Replay): Promise<Set<unknown>> {
  const rows = await db.$queryRaw<{ id: unknown }[]>`
    SELECT (data->>'holdId')::bigint AS id FROM notices WHERE type = 'plumbline.hold.opened'`
  return new Set(rows.map(({ id }) => id))
}

/** Slices one by one with the message; values as their number by reason. */
function holdLines({ date }: DatedSnapshot, holds: readonly Hold[]): string[] {
  const slices = holds.filter(({ kind }) => kind === 'slice')
  const values = Map.groupBy(
    holds.filter(({ kind }) => kind === 'value'),
    ({ provider, reason }) => `${date}  ${provider}  ${reason}`,
  )
  return [
    ...slices.map(({ provider, reason, message }) => `${date}  ${provider}  ${reason}  ${message}`),
    ...[...values].map(([line, held]) => `${line}  ${held.length} value(s)`),
  ].sort()
}

function readExpectation(): string[] {
  const fixture = new URL('../fixtures/replay-holds.txt', import.meta.url)
  return readFileSync(fixture, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** Where a served model is not what the file says, and its slice or the very value is not on hold. */
async function findUnexplained(replay: Replay, snapshot: DatedSnapshot): Promise<string[]> {
  const stated = new Map(modelsAsStated(snapshot).map((model) => [modelKey(model), model]))
  const open = await readHolds(replay)
  const slices = new Set(open.flatMap(({ kind, provider }) => (kind === 'slice' ? [provider] : [])))
  const values = new Set(
    open.map(({ provider, modelId, field }) => `${provider}/${modelId} ${field}`),
  )
  const { models } = await replay.readCatalog()
  return models
    .filter(({ provider, lifecycle }) => !slices.has(provider) && !gone.has(lifecycle))
    .flatMap((stored) => {
      const id = modelKey(stored)
      const model = stated.get(id)
      if (!model) return [`${snapshot.date} ${id} is not in the file`]
      return diffRecords(flattenModel(model), flattenModel(stored))
        .filter(({ field }) => !values.has(`${id} ${field}`))
        .map(({ field }) => `${snapshot.date} ${id} ${field}`)
    })
}

const gone = new Set<string>(['missing', 'retired'])
