import { lockDataDir } from './data-dir.ts'
import { startPostgres } from './postgres.ts'
import { startRedis, type RedisRung } from './redis.ts'

export interface ServersOptions {
  /** PLUMBLINE_DATA_DIR; made when it is not there. */
  dataDir: string
  /** A server of the user's own, which is then neither started nor stopped here. */
  databaseUrl?: string | undefined
  redisUrl?: string | undefined
  /** Where downloaded programs are kept; default: the data folder. */
  cacheDir?: string
  /** What a person who waits wants to know, a line at a time. */
  log: (line: string) => void
}

export interface Servers {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** What was started here; undefined for a server of the user's own. */
  readonly started: {
    postgres?: { pid: number }
    redis?: { pid: number; rung: RedisRung; version: string }
  }
  /** Idempotent. Stops what was started here and gives the data folder free. */
  readonly stop: () => Promise<void>
}

/**
 * The PostgreSQL and Redis that `up` runs on: the given ones, and for what is not given one in the data
 * folder. Throws `config_invalid` when another process runs its servers there.
 */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const { dataDir, databaseUrl, redisUrl, log } = options
  if (databaseUrl !== undefined && redisUrl !== undefined)
    return { databaseUrl, redisUrl, started: {}, stop: () => Promise.resolve() }
  const lock = lockDataDir(dataDir)
  const server = {
    dataDir,
    mode: 'durable',
    log,
    ...(options.cacheDir !== undefined && { cacheDir: options.cacheDir }),
  } as const
  const [postgres, redis] = await Promise.allSettled([
    databaseUrl === undefined ? startPostgres(server) : undefined,
    redisUrl === undefined ? startRedis(server) : undefined,
  ])
  async function stop(): Promise<void> {
    const running = [redis, postgres].flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    )
    await Promise.all(running.map(async (server) => server?.stop()))
    lock.release()
  }
  if (postgres.status === 'rejected' || redis.status === 'rejected') {
    await stop()
    throw postgres.status === 'rejected'
      ? postgres.reason
      : redis.status === 'rejected'
        ? redis.reason
        : undefined
  }
  const urls = {
    databaseUrl: databaseUrl ?? postgres.value?.url ?? '',
    redisUrl: redisUrl ?? redis.value?.url ?? '',
  }
  lock.publish(urls)
  const started = {
    ...(postgres.value && { postgres: { pid: postgres.value.pid } }),
    ...(redis.value && {
      redis: { pid: redis.value.pid, rung: redis.value.rung, version: redis.value.version },
    }),
  }
  return { ...urls, started, stop }
}
