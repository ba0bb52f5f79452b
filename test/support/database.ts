import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'

export interface TestDatabase {
  url: string
  /** Cuts whoever is still connected, and drops it. */
  readonly drop: () => Promise<void>
}

/** A database of one's own with every migration applied: a clone of the template, made in some 50 ms. */
export async function createDatabase(): Promise<TestDatabase> {
  return newDatabase('TEMPLATE plumbline')
}

/** One without any table, for the tests of the migrator. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return newDatabase('TEMPLATE template0')
}

async function newDatabase(options: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(`CREATE DATABASE ${name} ${options} STRATEGY file_copy`)
  const url = new URL(inject('templateUrl'))
  url.pathname = name
  return {
    url: url.href,
    drop: () => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}

async function administer(statement: string): Promise<void> {
  const url = new URL(inject('templateUrl'))
  url.pathname = 'postgres'
  const client = new Client({ connectionString: url.href, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
