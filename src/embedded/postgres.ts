import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { PlumblineError } from '../errors.ts'
import { freePort } from './free-port.ts'
import { postgresBinaries, type PostgresBinaries } from './postgres-binaries.ts'
import {
  openCluster,
  serverAccount,
  serverEnv,
  superuser,
  type Cluster,
  type PostgresOptions,
} from './postgres-cluster.ts'
import { processInfo } from './process-info.ts'
import {
  lastLogLines,
  spawnServer,
  stopLeftover,
  stopPid,
  type ServerProcess,
} from './server-process.ts'

export interface EmbeddedPostgres {
  /** Of the database `plumbline`, as superuser. */
  readonly url: string
  readonly pid: number
  /** Idempotent; a clean shutdown, and SIGKILL after a deadline. */
  readonly stop: () => Promise<void>
  /** As a crash. */
  readonly kill: () => Promise<void>
}

const database = 'plumbline'
const startDeadlineMs = 60_000
const takeOverMs = 20_000

/** The caller holds the data folder (data-dir.ts), so nobody else starts a server on it meanwhile. */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  mkdirSync(options.dataDir, { recursive: true })
  const account = serverAccount(options.dataDir)
  const binaries = await postgresBinaries(account)
  await stopLeftover(pidFileIn(options.dataDir), 'SIGINT')
  const cluster = await openCluster(options, binaries, account)
  await removeStalePostmasterFile(cluster)
  const { server, port } = await launch(options, binaries, cluster)
  const url = clusterUrl(cluster, port)
  try {
    await createDatabase(url)
  } catch (error) {
    await server.stop()
    throw error
  }
  return { url: `${url}/${database}`, pid: server.pid, stop: server.stop, kill: server.kill }
}

function pidFileIn(dataDir: string): string {
  return join(dataDir, 'postgres.pid')
}

/**
 * PostgreSQL takes any living process of the same user that has the pid in this file for itself and
 * refuses to start; after a container restarts there is one. In every other case the file stays: with
 * it PostgreSQL finds out whether parts of the dead server still use its memory.
 */
async function removeStalePostmasterFile(cluster: Cluster): Promise<void> {
  const file = join(cluster.dir, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  const holder = processInfo(pid)
  if (holder?.command.includes(cluster.dir)) await stopPid(pid, 'SIGINT')
  else if (holder) rmSync(file, { force: true })
}

/** The port was taken between choosing and binding it; backends of a killed server still end. */
const passesSoon =
  /Address already in use|pre-existing shared memory block|lock file "postmaster\.pid" already exists/

interface Launched {
  server: ServerProcess
  port: number
}

async function launch(
  options: PostgresOptions,
  binaries: PostgresBinaries,
  cluster: Cluster,
): Promise<Launched> {
  const logFile = join(options.dataDir, 'postgres.log')
  // After kill -9 the old server's children may hold the folder for seconds on a busy machine.
  const giveUpAt = Date.now() + takeOverMs
  for (;;) {
    const port = options.port ?? (await freePort())
    const server = await spawnServer({
      command: binaries.postgres,
      args: ['-D', cluster.dir, '-p', String(port), ...settingsOf(options.mode)],
      account: cluster.account,
      env: serverEnv,
      logFile,
      pidFile: pidFileIn(options.dataDir),
      stopSignal: 'SIGINT',
    })
    if (await isReady(server, cluster)) return { server, port }
    await server.stop()
    const said = lastLogLines(logFile)
    if (passesSoon.test(said) && Date.now() < giveUpAt) {
      await sleep(100)
      continue
    }
    throw new PlumblineError('database_unavailable', `PostgreSQL did not start:\n${said}`, {
      nextStep: `See ${logFile}, or set DATABASE_URL to a server of your own.`,
    })
  }
}

/** Line 8 of postmaster.pid is where pg_ctl, too, reads that connections are accepted. */
async function isReady(server: ServerProcess, cluster: Cluster): Promise<boolean> {
  const file = join(cluster.dir, 'postmaster.pid')
  const deadline = Date.now() + startDeadlineMs
  while (Date.now() < deadline && !server.hasExited()) {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
    if (Number(lines[0]) === server.pid && lines[7]?.trim() === 'ready') return true
    await sleep(10)
  }
  return false
}

function settingsOf(mode: PostgresOptions['mode']): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    max_connections: '200',
    ...(mode === 'throwaway' && throwawaySettings),
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

const throwawaySettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
}

function clusterUrl(cluster: Cluster, port: number): string {
  const credentials =
    cluster.password === undefined ? superuser : `${superuser}:${cluster.password}`
  return `postgresql://${credentials}@127.0.0.1:${port}`
}

async function createDatabase(url: string): Promise<void> {
  const client = new Client({
    connectionString: `${url}/postgres`,
    connectionTimeoutMillis: 10_000,
    query_timeout: 60_000,
  })
  await client.connect()
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${database}`)
  } finally {
    await client.end()
  }
}
