import { readdirSync } from 'node:fs'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { readServers } from '../../src/embedded/data-dir.ts'
import { processInfo } from '../../src/embedded/process-info.ts'
import { startServers, type Servers } from '../../src/embedded/servers.ts'
import { cacheDir, temporaryDir } from '../support/data-dir.ts'
import { processEnds, startProgram, type Program } from '../support/program.ts'

test('starts both servers, says where they are, and leaves nothing behind', async () => {
  const dataDir = temporaryDir()
  const servers = await start(dataDir)
  expect(readServers(dataDir)).toMatchObject({ pid: process.pid, redisUrl: servers.redisUrl })
  await Promise.all([servers.stop(), servers.stop()])
  expect(readServers(dataDir)).toBeUndefined()
  expect(processInfo(servers.started.postgres?.pid ?? 0)).toBeUndefined()
  expect(processInfo(servers.started.redis?.pid ?? 0)).toBeUndefined()
})

test('given URLs start nothing', async () => {
  const dataDir = temporaryDir()
  const given = { databaseUrl: 'postgresql://elsewhere/db', redisUrl: 'redis://elsewhere' }
  const servers = await startServers({ dataDir, ...given, log: () => {} })
  expect(servers).toMatchObject({
    ...given,
    started: { postgres: undefined, redis: undefined },
  })
  expect(readdirSync(dataDir)).toEqual([])
})

test('a second start beside a running one is refused, and the first goes on', async () => {
  const dataDir = temporaryDir()
  const owner = startOwner(dataDir)
  const first = await ready(owner)
  await expect(start(dataDir)).rejects.toThrow(
    `plumbline already runs on ${dataDir}: process ${owner.pid}`,
  )
  expect(await execute(first.databaseUrl, 'SELECT 1')).toBe('SELECT')
})

test('the servers end with an owner that got kill -9', async () => {
  const owner = startOwner(temporaryDir())
  const { postgres, redis } = await ready(owner)
  owner.kill('SIGKILL')
  await Promise.all([processEnds(postgres), processEnds(redis)])
  expect(await owner.ended).toBeNull()
})

test('a start right after kill -9 takes the folder over with its data', async () => {
  const dataDir = temporaryDir()
  const owner = startOwner(dataDir)
  const { databaseUrl } = await ready(owner)
  await execute(databaseUrl, 'CREATE TABLE kept ()')
  owner.kill('SIGKILL')
  await owner.ended
  const servers = await start(dataDir)
  expect(await execute(servers.databaseUrl, 'SELECT FROM kept')).toBe('SELECT')
})

test('a start ends what even the watchers missed', async () => {
  const dataDir = temporaryDir()
  const owner = startOwner(dataDir)
  const { postgres, redis } = await ready(owner)
  for (const watcher of watchersOf([postgres, redis])) process.kill(watcher, 'SIGKILL')
  owner.kill('SIGKILL')
  await owner.ended
  expect(processInfo(postgres)).toBeDefined()
  await start(dataDir)
  expect(processInfo(postgres)).toBeUndefined()
  expect(processInfo(redis)).toBeUndefined()
})

async function start(dataDir: string): Promise<Servers> {
  const servers = await startServers({ dataDir, cacheDir, log: () => {} })
  onTestFinished(servers.stop)
  return servers
}

const OwnedServers = z.object({ postgres: z.number(), redis: z.number(), databaseUrl: z.string() })
type OwnedServers = z.infer<typeof OwnedServers>

function startOwner(dataDir: string): Program {
  return startProgram(new URL('owner.ts', import.meta.url), [dataDir, cacheDir])
}

async function ready(owner: Program): Promise<OwnedServers> {
  const servers = OwnedServers.parse(JSON.parse(await owner.firstLine))
  // The owner is killed first; the servers then have to end, too, before their folder goes.
  onTestFinished(async () => {
    owner.kill('SIGKILL')
    await Promise.all([processEnds(servers.postgres), processEnds(servers.redis)])
  })
  return servers
}

function watchersOf(pids: number[]): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) =>
      pids.some((server) => processInfo(pid)?.command.includes(`plumbline-watcher ${server} `)),
    )
}

/** The command that the server says it carried out. */
async function execute(url: string, sql: string): Promise<string> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).command
  } finally {
    await client.end()
  }
}
