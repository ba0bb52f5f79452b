import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Prisma, openDatabase, type Database } from '../../src/catalog/database.ts'
import { openReadPool, type ReadPool } from '../../src/catalog/read-pool.ts'
import { readVersion } from '../../src/catalog/versions.ts'
import { toPlumblineError } from '../../src/errors.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

const applicationName = 'reads under test'

let database: TestDatabase
let connected: Database
let reads: ReadPool
let client: Client
beforeAll(async () => {
  database = await createDatabase()
  const options = { url: database.url, poolSize: 2, applicationName }
  connected = openDatabase({ ...options, applicationName: 'through Prisma' })
  reads = openReadPool(options)
  client = new Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await reads.close()
  await connected.close()
  await database.drop()
})

const raiseVersion = () => client.query('UPDATE catalog_head SET version = version + 1')
const endConnections = () =>
  client.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
    [applicationName],
  )

describe('a snapshot', () => {
  it('is of one state, whatever is committed meanwhile', async () => {
    const seen = await reads.inSnapshot(async (reader) => {
      const before = await readVersion(reader)
      await raiseVersion()
      return [before, await readVersion(reader), await readVersion(reader)]
    })
    expect(new Set(seen).size).toBe(1)
    expect(await reads.inSnapshot(readVersion)).toBe(Number(seen[0]) + 1)
  })

  it('answers each of the statements that are sent together', async () => {
    const asked = Array.from({ length: 50 }, (_, index) => index)
    const rows = await reads.inSnapshot((reader) =>
      Promise.all(
        asked.map((one) => reader.$queryRaw<{ one: number }[]>`SELECT ${one}::int AS one`),
      ),
    )
    expect(rows.flat().map(({ one }) => one)).toEqual(asked)
  })

  it('waits for a connection where all are taken', async () => {
    const versions = await Promise.all(
      Array.from({ length: 20 }, () => reads.inSnapshot(readVersion)),
    )
    expect(new Set(versions).size).toBe(1)
  })

  it('gives values as Prisma gives them', async () => {
    const query = Prisma.sql`SELECT 9007199254740993::bigint AS whole, 0.1::float8 AS float, now() AS at,
      ${['a', 'b,"c']}::text[] AS list, ${true}::boolean AS flag, NULL::text AS nothing,
      '{"a":[1,null]}'::jsonb AS json, '\\x00ff'::bytea AS bytes, ${12n}::bigint AS big,
      ${new Date(0)}::timestamptz AS epoch`
    const [ours] = await reads.inSnapshot((reader) => reader.$queryRaw<object[]>(query))
    const [theirs] = await connected.db.$queryRaw<object[]>(query)
    expect({ ...ours, at: 0, bytes: 0 }).toEqual({ ...theirs, at: 0, bytes: 0 })
    expect(ours).toMatchObject({
      whole: 9007199254740993n,
      at: expect.any(Date),
      epoch: new Date(0),
    })
  })

  it('cannot write', async () => {
    const written = reads.inSnapshot(
      (reader) => reader.$queryRaw`UPDATE catalog_head SET version = 0 RETURNING version`,
    )
    await expect(written).rejects.toThrow('read-only transaction')
    expect(await reads.inSnapshot(readVersion)).toBeGreaterThan(0)
  })
})

describe('what fails', () => {
  it('is thrown, and harms no later snapshot of the connection', async () => {
    for (let time = 0; time < 5; time++) {
      const failed = reads.inSnapshot((reader) => reader.$queryRaw`SELECT 1 / 0`)
      await expect(failed).rejects.toThrow('division by zero')
      const refused = reads.inSnapshot(async (reader) => {
        await readVersion(reader)
        throw new RangeError('the reader says no')
      })
      await expect(refused).rejects.toThrow('the reader says no')
      expect(await reads.inSnapshot(readVersion)).toBeGreaterThan(0)
    }
  })

  it('is an outage where the connection ends in the middle, and the next has a new one', async () => {
    const cut = reads.inSnapshot(async (reader) => {
      await readVersion(reader)
      await Promise.all([reader.$queryRaw`SELECT pg_sleep(20)`, endConnections()])
    })
    const error = await cut.catch(toPlumblineError)
    expect(error).toMatchObject({ code: 'database_unavailable', retryable: true })
    expect(await reads.inSnapshot(readVersion)).toBeGreaterThan(0)
  })

  it('is nothing where idle connections end', async () => {
    for (let time = 0; time < 5; time++) {
      await Promise.all([reads.inSnapshot(readVersion), reads.inSnapshot(readVersion)])
      await endConnections()
      expect(await reads.inSnapshot(readVersion)).toBeGreaterThan(0)
    }
  })

  it('is an outage where nobody listens', async () => {
    const url = 'postgresql://plumbline@127.0.0.1:1/plumbline'
    const nobody = openReadPool({ url, poolSize: 1, applicationName })
    const error = await nobody.inSnapshot(readVersion).catch(toPlumblineError)
    expect(error).toMatchObject({ code: 'database_unavailable' })
    await nobody.close()
  })
})
