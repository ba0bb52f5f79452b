import { Redis } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startRedis } from '../../src/embedded/redis.ts'
import { cacheDir, temporaryDir } from '../support/data-dir.ts'
import { hasRealRedis, realRedisNote } from '../support/redis.ts'
import { openCommandLine } from './command-line.ts'

describe.skipIf(!hasRealRedis)(
  `a Redis that would drop jobs when it is full${realRedisNote}`,
  () => {
    it('is refused by a worker, which says how to mend it, and reported by doctor', async () => {
      const line = await openCommandLine()
      onTestFinished(() => line.close())
      const options = {
        dataDir: temporaryDir(),
        mode: 'throwaway',
        log: () => {},
        cacheDir,
      } as const
      const redis = await startRedis({ ...options, require: 'real' })
      onTestFinished(() => redis.stop())
      const client = new Redis(redis.url)
      await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
      const env = { REDIS_URL: redis.url }
      const refused = await line.run(['worker'], env)
      expect(refused.code).toBe(1)
      expect(refused.stderr).toContain('config set maxmemory-policy noeviction')
      const doctor = await line.run(['doctor'], env)
      expect(doctor.code).toBe(1)
      expect(doctor.stdout).toMatch(/^fail {2}redis .*allkeys-lru/m)
      await client.config('SET', 'maxmemory-policy', 'noeviction')
      client.disconnect()
      const worker = line.start(['worker'], env)
      await worker.printed('worker ready')
    })
  },
)
