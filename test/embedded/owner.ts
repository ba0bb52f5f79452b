// A program for servers.faults.test.ts: owns servers until it is killed.
import { startServers } from '../../src/embedded/servers.ts'

const [dataDir = '', cacheDir = ''] = process.argv.slice(2)
const { started, databaseUrl } = await startServers({ dataDir, cacheDir, log: () => {} })
console.log(
  JSON.stringify({ postgres: started.postgres?.pid, redis: started.redis?.pid, databaseUrl }),
)
setInterval(() => {}, 60_000)
