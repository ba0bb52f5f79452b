/** What kind of server is behind a Redis URL, and whether it keeps what it is given. */
import { connectOnce } from './connection.ts'

export interface RedisInspection {
  /** e.g. "Redis 7.0.15", "Valkey 8.1.0". */
  server: string
  cluster: boolean
  /** False: a restart forgets the queued jobs. Undefined: the server does not say. */
  persistent: boolean | undefined
}

/** Throws `redis_unavailable`. */
export async function inspectRedis(url: string): Promise<RedisInspection> {
  return connectOnce(url, async (redis) => {
    const info = await redis.info()
    const stated = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
    const version = stated('valkey_version') ?? stated('redis_version')
    const name = stated('server_name') ?? (stated('valkey_version') ? 'valkey' : 'redis')
    const appendOnly = stated('aof_enabled')
    return {
      server: `${name.charAt(0).toUpperCase()}${name.slice(1)} ${version ?? 'of unknown version'}`,
      cluster: stated('redis_mode') === 'cluster',
      persistent: appendOnly === undefined ? undefined : appendOnly === '1',
    }
  })
}
