import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { startPostgres, type EmbeddedPostgres } from '../../src/embedded/postgres.ts'
import type { PostgresOptions } from '../../src/embedded/postgres-cluster.ts'
import { processInfo } from '../../src/embedded/process-info.ts'
import { temporaryDir } from '../support/data-dir.ts'

test('the data survives a stop and a start, on another port', async () => {
  const dataDir = temporaryDir()
  const first = await start(dataDir, 'durable')
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  await first.stop()
  const second = await start(dataDir, 'durable')
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
})

test('what was committed survives kill -9', async () => {
  const dataDir = temporaryDir()
  const first = await start(dataDir, 'durable')
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  await first.kill()
  const second = await start(dataDir, 'durable')
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
})

test('a stop leaves no process and can be repeated', async () => {
  const postgres = await start(temporaryDir(), 'throwaway')
  expect(processInfo(postgres.pid)).toBeDefined()
  await Promise.all([postgres.stop(), postgres.stop()])
  await postgres.stop()
  expect(processInfo(postgres.pid)).toBeUndefined()
})

test('a stop does not wait for clients that stay connected', async () => {
  const postgres = await start(temporaryDir(), 'throwaway')
  const client = new Client({ connectionString: postgres.url })
  client.on('error', () => {})
  await client.connect()
  await postgres.stop()
  expect(processInfo(postgres.pid)).toBeUndefined()
})

test('a postmaster.pid that names a stranger does not prevent the start', async () => {
  const dataDir = temporaryDir()
  await (await start(dataDir, 'throwaway')).stop()
  writeFileSync(join(dataDir, 'postgres/cluster/postmaster.pid'), `${process.pid}\n`)
  await start(dataDir, 'throwaway')
  expect(processInfo(process.pid)).toBeDefined()
})

test('a durable server asks for a password that only the owner can read', async () => {
  const dataDir = temporaryDir()
  const { url } = await start(dataDir, 'durable')
  const wrong = new URL(url)
  wrong.password = 'wrong'
  await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed')
  expect(statSync(join(dataDir, 'postgres-password')).mode & 0o077).toBe(0)
})

test('it listens on 127.0.0.1 alone, in UTC, with a locale that no machine lacks', async () => {
  const { url } = await start(temporaryDir(), 'throwaway')
  const sql = `SELECT current_setting('listen_addresses') AS addresses, current_setting('TimeZone') AS zone,
    (SELECT datlocale FROM pg_database WHERE datname = current_database()) AS locale`
  expect(await query(url, sql)).toEqual([
    { addresses: '127.0.0.1', zone: 'UTC', locale: 'C.UTF-8' },
  ])
})

test('a server that does not start is an error with its last words', async () => {
  const dataDir = temporaryDir()
  await (await start(dataDir, 'throwaway')).stop()
  writeFileSync(join(dataDir, 'postgres/cluster/postgresql.conf'), 'no_such_setting = 1\n')
  await expect(start(dataDir, 'throwaway')).rejects.toThrow(/no_such_setting/)
})

async function start(dataDir: string, mode: PostgresOptions['mode']): Promise<EmbeddedPostgres> {
  const postgres = await startPostgres({ dataDir, mode, log: () => {} })
  onTestFinished(postgres.stop)
  return postgres
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
