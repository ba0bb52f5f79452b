import { resolve } from 'node:path'
import { lockDataDir } from './data-dir.ts'
import { startPostgres, type EmbeddedPostgres } from './postgres.ts'
import { startRedis, type EmbeddedRedis } from './redis.ts'

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
  readonly started: { postgres: EmbeddedPostgres | undefined; redis: EmbeddedRedis | undefined }
  /** Idempotent. Stops what was started here and gives the data folder free. */
  readonly stop: () => Promise<void>
}

/**
 * The PostgreSQL and Redis that `up` runs on: the given ones, and for what is not given one in the data
 * folder. Throws `config_invalid` when another process runs its servers there.
 */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const { databaseUrl, redisUrl, cacheDir, log } = options
  // Servers run in a working folder of their own.
  const dataDir = resolve(options.dataDir)
  if (databaseUrl !== undefined && redisUrl !== undefined)
    return {
      databaseUrl,
      redisUrl,
      started: { postgres: undefined, redis: undefined },
      stop: () => Promise.resolve(),
    }
  const lock = lockDataDir(dataDir)
  const server = {
    dataDir,
    mode: 'durable',
    log,
    ...(cacheDir !== undefined && { cacheDir }),
  } as const
  const starting = await Promise.allSettled([
    databaseUrl === undefined ? startPostgres(server) : undefined,
    redisUrl === undefined ? startRedis(server) : undefined,
  ])
  const [postgres, redis] = [valueOf(starting[0]), valueOf(starting[1])]
  async function stop(): Promise<void> {
    await Promise.all([postgres?.stop(), redis?.stop()])
    lock.release()
  }
  const failure = starting.find((result) => result.status === 'rejected')
  if (failure) {
    await stop()
    throw failure.reason
  }
  const urls = {
    databaseUrl: databaseUrl ?? postgres?.url ?? '',
    redisUrl: redisUrl ?? redis?.url ?? '',
  }
  lock.publish(urls)
  return { ...urls, started: { postgres, redis }, stop }
}

function valueOf<T>(result: PromiseSettledResult<T>): T | undefined {
  return result.status === 'fulfilled' ? result.value : undefined
}
