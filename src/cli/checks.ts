/** What `doctor` looks at. A check never throws: what it cannot do is a finding, too. */
import { statfs } from 'node:fs/promises'
import { inspectDatabase } from '../catalog/inspect-database.ts'
import { assertSchemaCurrent } from '../catalog/migrate.ts'
import type { Config } from '../config.ts'
import { createContext, requireUrl, type Context } from '../context.ts'
import { readServers } from '../embedded/data-dir.ts'
import { toPlumblineError } from '../errors.ts'
import { listHolds } from '../history/holds.ts'
import { readPendingEvents } from '../history/outbox-rows.ts'
import { isStale } from '../history/upstream-overview.ts'
import { listUpstreamStates } from '../history/upstream-state.ts'
import { assertRedisKeepsJobs } from '../queue/connection.ts'
import { inspectRedis } from '../queue/inspect-redis.ts'
import { fetchSnapshot } from '../refresh/fetch-snapshot.ts'
import { configureUpstreams } from '../upstreams/configure.ts'
import { hideCredentials } from '../url-credentials.ts'
import { noteLogger } from './command-context.ts'
import { count, duration } from './times.ts'

export interface Finding {
  state: 'ok' | 'warn' | 'fail'
  text: string
  /** What a person does about it. */
  nextStep?: string | undefined
}

export interface Check {
  name: string
  /** Not looked at when this one failed: it would only say the same. */
  needs?: string
  look: () => Promise<Finding | Finding[]>
}

const ok = (text: string): Finding => ({ state: 'ok', text })
const warn = (text: string, nextStep: string): Finding => ({ state: 'warn', text, nextStep })

export function checksOf(config: Config, options: { online: boolean }): Check[] {
  const inDatabase = (look: (context: Context) => Promise<Finding | Finding[]>) => () =>
    withOwnContext(config, look)
  return [
    { name: 'node', look: checkNode },
    { name: 'config', look: () => checkConfig(config) },
    { name: 'postgresql', needs: 'config', look: inDatabase(checkDatabase) },
    { name: 'schema', needs: 'postgresql', look: () => checkSchema(config) },
    { name: 'redis', look: () => checkRedis(config) },
    { name: 'outbox', needs: 'schema', look: inDatabase(checkOutbox) },
    { name: 'upstreams', needs: 'schema', look: inDatabase(checkUpstreams) },
    { name: 'holds', needs: 'schema', look: inDatabase(checkHolds) },
    { name: 'disk', look: () => checkDisk(config) },
    ...(options.online ? [{ name: 'online', needs: 'schema', look: inDatabase(checkOnline) }] : []),
  ]
}

export interface Examined extends Finding {
  check: string
}

/** One after the other, so that they can be shown as they come. */
export async function* examine(checks: readonly Check[]): AsyncGenerator<Examined> {
  const failed = new Set<string>()
  for (const { name, needs, look } of checks) {
    if (needs !== undefined && failed.has(needs)) {
      failed.add(name)
      continue
    }
    for (const finding of await findingsOf(look)) {
      if (finding.state === 'fail') failed.add(name)
      yield { check: name, ...finding }
    }
  }
}

async function findingsOf(look: Check['look']): Promise<Finding[]> {
  try {
    return [await look()].flat()
  } catch (thrown) {
    const { message, nextStep } = toPlumblineError(thrown)
    return [{ state: 'fail', text: message, nextStep }]
  }
}

async function withOwnContext<T>(
  config: Config,
  look: (context: Context) => Promise<T>,
): Promise<T> {
  const context = createContext(config, { log: noteLogger({ ...config, logLevel: 'silent' }) })
  try {
    return await look(context)
  } finally {
    await context.close()
  }
}

// The types are stripped by Node itself, without a flag, from this version on.
const leastNode = [22, 18] as const

async function checkNode(): Promise<Finding> {
  const { version, versions } = process
  const [major = 0, minor = 0] = versions.node.split('.').map(Number)
  if (major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1])) return ok(version)
  return {
    state: 'fail',
    text: `${version} is too old.`,
    nextStep: 'Run it as `npx plumbline`, which brings its own Node, or install Node 24.',
  }
}

/** With the upstreams that the configuration and its file name. */
async function checkConfig(config: Config): Promise<Finding | Finding[]> {
  configureUpstreams(config)
  const { warnings, databaseUrl, dataDir } = config
  if (warnings.length > 0)
    return warnings.map((warning) => warn(warning, 'plumbline config --help lists every setting.'))
  const running = readServers(dataDir)
  const isFound = running !== undefined && running.databaseUrl === databaseUrl
  return ok(
    isFound ? `no problems; servers of \`plumbline up\` (process ${running.pid})` : 'no problems',
  )
}

const leastPostgres = 140_000

async function checkDatabase({ db, config }: Context): Promise<Finding> {
  const { version, versionNumber, megabytes } = await inspectDatabase(db)
  const url = hideCredentials(config.databaseUrl ?? '')
  const text = `PostgreSQL ${version} at ${new URL(url).host}, ${megabytes} MB`
  return versionNumber >= leastPostgres
    ? ok(text)
    : warn(text, 'It is tested with PostgreSQL 14 and newer.')
}

async function checkSchema({ databaseUrl }: Config): Promise<Finding> {
  await assertSchemaCurrent(requireUrl(databaseUrl, 'DATABASE_URL'))
  return ok('every migration is applied')
}

async function checkRedis({ redisUrl }: Config): Promise<Finding[]> {
  const url = requireUrl(redisUrl, 'REDIS_URL')
  const { server, cluster, persistent } = await inspectRedis(url)
  await assertRedisKeepsJobs(url)
  const text = `${server}${cluster ? ' cluster' : ''} at ${new URL(url).host}, keeps its jobs when full`
  return persistent === true
    ? [ok(text)]
    : [
        warn(
          `${text}; ${persistent === false ? 'a restart forgets the jobs' : 'it does not say whether a restart forgets the jobs'}`,
          'Nothing is lost for good (runs are in PostgreSQL), but set appendonly yes for production.',
        ),
      ]
}

const lateAfterSeconds = 60

async function checkOutbox({ db }: Context): Promise<Finding> {
  const { count: pending, oldestAgeSeconds } = await readPendingEvents(db)
  const text = `${count(pending, 'event')} to announce`
  if (oldestAgeSeconds < lateAfterSeconds) return ok(text)
  return warn(
    `${text}, the oldest for ${duration(oldestAgeSeconds * 1000)}`,
    'No worker or API with a working Redis runs: start one with plumbline worker.',
  )
}

async function checkUpstreams({ db }: Context): Promise<Finding[]> {
  const now = new Date()
  const enabled = (await listUpstreamStates(db)).filter((upstream) => upstream.enabled)
  if (enabled.length === 0)
    return [warn('none is registered', 'Start a worker: plumbline worker, or plumbline up.')]
  const stale = enabled.filter((upstream) => isStale(upstream, now))
  if (stale.length === 0) return [ok(`${enabled.length} enabled, none stale`)]
  return stale.map(({ id, lastErrorMessage, lastSuccessAt }) =>
    warn(
      `${id} is stale: ${lastSuccessAt ? `last success ${lastSuccessAt.toISOString()}` : 'it never succeeded'}${lastErrorMessage === null ? '' : `; ${lastErrorMessage}`}`,
      `plumbline refresh ${id} --wait`,
    ),
  )
}

async function checkHolds({ db }: Context): Promise<Finding> {
  const holds = await listHolds(db, 'open')
  if (holds.length === 0) return ok('nothing waits for review')
  return warn(`${count(holds.length, 'change')} wait for review`, 'plumbline holds list')
}

const gigabyte = 1024 ** 3
const lowGigabytes = 2
const fullGigabytes = 0.2

async function checkDisk({ dataDir }: Config): Promise<Finding> {
  const { bavail, bsize } = await statfs(dataDir).catch(() => statfs('.'))
  const free = (bavail * bsize) / gigabyte
  const text = `${free.toFixed(1)} GB free`
  if (free >= lowGigabytes) return ok(text)
  const nextStep = 'Free some space where PLUMBLINE_DATA_DIR is.'
  return free < fullGigabytes ? { state: 'fail', text, nextStep } : warn(text, nextStep)
}

/** Asks every enabled upstream as a refresh would; nothing of it is stored. */
async function checkOnline({ db, fetcher, upstreams }: Context): Promise<Finding[]> {
  const states = (await listUpstreamStates(db)).filter(({ enabled }) => enabled)
  return Promise.all(
    states.map(async (state): Promise<Finding> => {
      const upstream = upstreams.get(state.id)
      if (!upstream) return warn(`${state.id} is not configured here`, 'plumbline config')
      const startedAt = performance.now()
      const plan = { conditional: state.appliedSha256 !== null, signal: undefined }
      try {
        const fetched = await fetchSnapshot(fetcher, upstream, state, plan)
        const offline = fetched.kind === 'payload' ? fetched.offline : undefined
        if (offline) throw offline.error
        return ok(`${state.id} answered in ${duration(performance.now() - startedAt)}`)
      } catch (thrown) {
        const { message, nextStep } = toPlumblineError(thrown)
        return warn(`${state.id}: ${message}`, nextStep ?? 'Check the network.')
      }
    }),
  )
}
