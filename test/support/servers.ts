/**
 * The global set-up of the projects `db` and `faults`: one throwaway PostgreSQL and one Redis for the
 * whole run, and a migrated template database that every test file clones. Both projects call it;
 * the first one starts, the last one stops.
 */
import { rmSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../src/catalog/migrate.ts'
import { startPostgres } from '../../src/embedded/postgres.ts'
import { startRedis, type EmbeddedRedis } from '../../src/embedded/redis.ts'
import { cacheDir, makeDir, removeDirsOfTheDead } from './data-dir.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The migrated database that createDatabase() clones; nobody else connects to it. */
    templateUrl: string
    redisUrl: string
    /** `js` is a stand-in: it cannot be killed and come back, nor refuse to evict. */
    redisRung: EmbeddedRedis['rung']
  }
}

interface TestServers {
  templateUrl: string
  redisUrl: string
  redisRung: EmbeddedRedis['rung']
  readonly stop: () => Promise<void>
}

interface Shared {
  users: number
  servers: Promise<TestServers>
}

// Each project loads this module anew, so what they share lives on the process.
declare global {
  var plumblineTestServers: Shared | undefined
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = (globalThis.plumblineTestServers ??= { users: 0, servers: startTestServers() })
  shared.users++
  const { templateUrl, redisUrl, redisRung, stop } = await shared.servers
  project.provide('templateUrl', templateUrl)
  project.provide('redisUrl', redisUrl)
  project.provide('redisRung', redisRung)
  return async () => {
    if (--shared.users > 0) return
    globalThis.plumblineTestServers = undefined
    await stop()
  }
}

async function startTestServers(): Promise<TestServers> {
  removeDirsOfTheDead()
  const dataDir = makeDir()
  const options = { dataDir, mode: 'throwaway', log: () => {} } as const
  const [postgres, redis] = await Promise.all([
    startPostgres(options),
    startRedis({ ...options, cacheDir }),
  ])
  await migrate(postgres.url)
  console.log(`Tests run on PostgreSQL (embedded) and Redis ${redis.version} (${redis.rung}).`)
  return {
    templateUrl: postgres.url,
    redisUrl: redis.url,
    redisRung: redis.rung,
    async stop() {
      await Promise.all([postgres.stop(), redis.stop()])
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
