import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { followCatalog } from '../../src/client/index.ts'
import { announceNextIn } from '../../src/history/outbox-rows.ts'
import { openOutbox } from '../events/outbox-fixture.ts'
import { redisUrl } from '../support/redis.ts'
import { range, summary } from './changes.ts'
import { startTcpProxy } from './tcp-proxy.ts'

const lastingMs = 15_000

it('every follower sees every version once and in order, whatever relays and connections do', async () => {
  const outbox = await openOutbox()
  const proxies = await Promise.all([1, 2, 3].map(() => startTcpProxy(redisUrl())))
  const [first, second, third] = proxies.map(({ url }) => url)
  const announceNext = announceNextIn(outbox.prisma)
  const relays = await Promise.all(
    [first, second, third].map((url) =>
      outbox.openRelay({
        ...(url === undefined ? {} : { url }),
        intervalMs: 200,
        // One batch in three is published and then not marked, as by a crash.
        announceNext: (limit, publish) =>
          announceNext(limit, async (batch) => {
            await publish(batch)
            if (batch.versions.length > 0 && Math.random() < 0.3) throw new Error('killed')
          }),
      }),
    ),
  )
  for (const { relay } of relays) relay.start()
  const seen: (number | string)[][] = []
  const followers = await Promise.all(
    [undefined, outbox.databaseUrl].flatMap((databaseUrl) =>
      [first, second, third].map((url) => {
        const delivered: (number | string)[] = []
        seen.push(delivered)
        return followCatalog({
          redisUrl: url ?? redisUrl(),
          ...(databaseUrl === undefined ? {} : { databaseUrl }),
          prefix: outbox.prefix,
          sinceVersion: 0,
          pollMs: 500,
          onChange: (change) => void delivered.push(summary(change)),
          onError: () => {},
        })
      }),
    ),
  )

  let newest = 0
  for (const endsAt = Date.now() + lastingMs; Date.now() < endsAt;) {
    newest = await outbox.commitVersions(1 + Math.floor(Math.random() * 3))
    const proxy = proxies[Math.floor(Math.random() * 3)]
    const dice = Math.random()
    if (dice < 0.08) proxy?.cut()
    else if (dice < 0.1) proxy?.blackhole()
    await sleep(Math.random() * 60)
  }

  for (const delivered of seen)
    await expect.poll(() => delivered.at(-1), { timeout: 30_000 }).toBe(newest)
  for (const delivered of seen) expect(delivered).toEqual(range(1, newest))
  for (const follower of followers) {
    await expect.poll(() => follower.isStale(), { timeout: 10_000 }).toBe(false)
    await follower.close()
  }
  await outbox.close()
  for (const proxy of proxies) await proxy.close()
})
