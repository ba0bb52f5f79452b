/** Versions that are committed and not announced yet, when whoever should have done it is gone. */
import { expect, it, onTestFinished } from 'vitest'
import { startRedis, type EmbeddedRedis } from '../../src/embedded/redis.ts'
import { commitVersions } from '../events/outbox-fixture.ts'
import { cacheDir, temporaryDir } from '../support/data-dir.ts'
import { openFleet } from '../support/fleet.ts'
import {
  catalogBecomes,
  everythingIsAnnounced,
  expectSound,
  readStream,
} from '../support/invariants.ts'
import { followAll, refreshedTo, versionOf } from '../support/observe.ts'
import { lockSlices } from '../support/row-locks.ts'
import { hasRealRedis, realRedisNote } from '../support/redis.ts'

it.skipIf(!hasRealRedis)(
  `what a dead worker had committed and not announced is announced by the next, without a refresh${realRedisNote}`,
  async () => {
    const redis = await ownRedis()
    const fleet = await openFleet({ redisUrl: redis.url })
    fleet.serve(1)
    const worker = await fleet.startWorker()
    await refreshedTo(fleet, 1)
    const before = await versionOf(fleet)
    const locks = await lockSlices(fleet)
    fleet.serve(2)
    await fleet.enqueue()
    await locks.waiters(2)
    process.kill(redis.pid, 'SIGSTOP')
    await locks.release()
    await expect.poll(() => versionOf(fleet), { timeout: 10_000 }).toBeGreaterThan(before)
    worker.kill('SIGKILL')
    await worker.ended
    const { rowCount } = await fleet.pool.query(
      'SELECT 1 FROM catalog_versions WHERE announced_at IS NULL',
    )
    expect(rowCount).toBeGreaterThan(0)
    process.kill(redis.pid, 'SIGCONT')
    const requests = fleet.upstream.requests.length
    await fleet.startWorker()
    const startedAt = Date.now()
    await everythingIsAnnounced(fleet, 5000)
    console.log(
      `${rowCount} version(s) were announced ${Date.now() - startedAt} ms after the start.`,
    )
    await catalogBecomes(fleet, 2)
    expect(fleet.upstream.requests).toHaveLength(requests)
    await expectSound(fleet)
  },
)

async function ownRedis(): Promise<EmbeddedRedis> {
  const options = { cacheDir, mode: 'throwaway', require: 'real', log: () => {} } as const
  const redis = await startRedis({ ...options, dataDir: temporaryDir() })
  onTestFinished(async () => {
    process.kill(redis.pid, 'SIGCONT')
    await redis.stop()
  })
  return redis
}

it.skipIf(!hasRealRedis)(
  `fifty versions that waited for a relay are announced in order, and no follower goes back${realRedisNote}`,
  async () => {
    const fleet = await openFleet()
    fleet.serve(1)
    const worker = await fleet.startWorker()
    await refreshedTo(fleet, 1)
    const following = await followAll(fleet)
    worker.kill('SIGKILL')
    await worker.ended
    const newest = await commitVersions(fleet.pool, 50)
    await fleet.startWorker()
    const startedAt = Date.now()
    await everythingIsAnnounced(fleet, 5000)
    console.log(`50 versions were announced ${Date.now() - startedAt} ms after the start.`)
    const all = Array.from({ length: newest }, (_, index) => index + 1)
    expect(await readStream(fleet)).toEqual(all)
    await expect.poll(() => following, { timeout: 5000 }).toEqual(all)
  },
)
