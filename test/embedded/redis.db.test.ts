import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../src/embedded/free-port.ts'
import { processInfo } from '../../src/embedded/process-info.ts'
import { startRedis, type EmbeddedRedis, type RedisOptions } from '../../src/embedded/redis.ts'
import { cacheDir, temporaryDir } from '../support/data-dir.ts'
import { startProgram } from '../support/program.ts'

test('a durable real server keeps its keys over a stop, and over a crash', async ({ skip }) => {
  const dataDir = temporaryDir()
  const first = await start({ dataDir, mode: 'durable' })
  if (first.rung === 'js') skip('no real Redis on this machine')
  const client = connect(first.url)
  await client.set('kept', 'over a stop')
  await first.stop()
  const second = await start({ dataDir, mode: 'durable' })
  const again = connect(second.url)
  expect(await again.get('kept')).toBe('over a stop')
  await again.config('SET', 'appendfsync', 'always')
  await again.set('kept', 'over a crash')
  await second.kill()
  const third = await start({ dataDir, mode: 'durable' })
  expect(await connect(third.url).get('kept')).toBe('over a crash')
})

test('it never evicts a job', async () => {
  const { url } = await start({ dataDir: temporaryDir(), mode: 'throwaway' })
  expect(await connect(url).config('GET', 'maxmemory-policy')).toEqual([
    'maxmemory-policy',
    'noeviction',
  ])
})

test('a stop leaves no process and can be repeated', async () => {
  const redis = await start({ dataDir: temporaryDir(), mode: 'throwaway' })
  await Promise.all([redis.stop(), redis.stop()])
  await redis.stop()
  expect(processInfo(redis.pid)).toBeUndefined()
})

test('after a crash it can come back on the same port', async () => {
  const dataDir = temporaryDir()
  const first = await start({ dataDir, mode: 'throwaway' })
  await first.kill()
  const second = await start({ dataDir, mode: 'throwaway', port: Number(new URL(first.url).port) })
  expect(second.url).toBe(first.url)
})

test('the stand-in answers on the loopback address alone', async () => {
  const port = await freePort()
  startProgram(new URL('../../src/embedded/js-redis.ts', import.meta.url), [String(port)])
  expect(await connect(`redis://127.0.0.1:${port}`).ping()).toBe('PONG')
  // Another address of the same interface: whoever binds every address answers there, too.
  const elsewhere = connect(`redis://127.0.0.2:${port}`, { maxRetriesPerRequest: 0 })
  await expect(elsewhere.ping()).rejects.toThrow(/max retries/i)
})

async function start(
  options: Pick<RedisOptions, 'dataDir' | 'mode' | 'port'>,
): Promise<EmbeddedRedis> {
  const redis = await startRedis({ ...options, cacheDir, log: () => {} })
  onTestFinished(redis.stop)
  return redis
}

function connect(url: string, options = {}): Redis {
  const client = new Redis(url, options)
  client.on('error', () => {})
  onTestFinished(() => client.disconnect())
  return client
}
