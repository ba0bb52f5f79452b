/**
 * The global set-up of the projects `db` and `faults`: one throwaway PostgreSQL and one Redis for the
 * whole run, and a migrated template database that every test file clones. Both projects call it;
 * the first one starts, the last one stops.
 */
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../src/catalog/migrate.ts'
import { startPostgres } from '../../src/embedded/postgres.ts'
import { processInfo } from '../../src/embedded/process-info.ts'
import { startRedis } from '../../src/embedded/redis.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The migrated database that createDatabase() clones; nobody else connects to it. */
    templateUrl: string
    redisUrl: string
  }
}

interface TestServers {
  templateUrl: string
  redisUrl: string
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
  const { templateUrl, redisUrl, stop } = await shared.servers
  project.provide('templateUrl', templateUrl)
  project.provide('redisUrl', redisUrl)
  return async () => {
    if (--shared.users > 0) return
    globalThis.plumblineTestServers = undefined
    await stop()
  }
}

const folderPrefix = 'plumbline-test-'
/** Shared with `npm run up`, so that Redis is downloaded once for a clone. */
const cacheDir = fileURLToPath(new URL('../../.plumbline', import.meta.url))

async function startTestServers(): Promise<TestServers> {
  removeFoldersOfTheDead()
  const dataDir = join(tmpdir(), `${folderPrefix}${process.pid}`)
  mkdirSync(dataDir, { recursive: true })
  // The account that PostgreSQL runs under when we are root must be able to enter.
  chmodSync(dataDir, 0o711)
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
    async stop() {
      await Promise.all([postgres.stop(), redis.stop()])
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** A run that got kill -9 leaves its folder; its servers end by themselves. */
function removeFoldersOfTheDead(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(folderPrefix))) {
    const pid = Number(name.slice(folderPrefix.length))
    if (!processInfo(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}
