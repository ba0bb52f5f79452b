/**
 * Workers as real processes of the real command, on a database of their own, fed by one HTTP upstream in
 * the shape of models.dev. What the tests of faults stop, kill and starve.
 */
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { expect, onTestFinished } from 'vitest'
import { openDatabase } from '../../src/catalog/database.ts'
import { createLogger } from '../../src/log.ts'
import { createMetrics } from '../../src/metrics.ts'
import { enqueueRefresh } from '../../src/queue/enqueue.ts'
import { openQueues, type Queues } from '../../src/queue/queues.ts'
import { createDatabase } from './database.ts'
import { bodyText, smallBodies, type BodyShape } from './numbered-bodies.ts'
import { startProgram, type Program } from './program.ts'
import { redisPrefix, redisUrl } from './redis.ts'
import { startUpstream, type UpstreamServer } from './upstream-server.ts'

export interface Fleet {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** As the setting has it: without braces. */
  readonly prefix: string
  readonly shape: BodyShape
  /** The test's own connections. */
  readonly pool: Pool
  readonly redis: Redis
  readonly queues: Queues
  readonly upstream: UpstreamServer
  /** Numbers of the bodies that were ever served. */
  readonly served: Set<number>
  /** Every process that was started, also those that have ended. */
  readonly workers: Program[]
  /** What workers are started with. */
  readonly env: Readonly<Record<string, string>>
  /** Answers every request with this body from now on. */
  readonly serve: (body: number) => void
  /** Resolves when it takes jobs. */
  readonly startWorker: (env?: Record<string, string>) => Promise<Program>
  /** Asks for a refresh, as `plumbline refresh` does. Returns the id of its run. */
  readonly enqueue: () => Promise<number>
}

export interface FleetOptions {
  databaseUrl?: string
  redisUrl?: string
  shape?: BodyShape
  env?: Record<string, string>
}

export const bodyPath = '/api.json'
export const fleetUpstream = 'models-dev'
const commandLine = new URL('../../src/cli.ts', import.meta.url)

/** Everything is closed when the test has finished. */
export async function openFleet(options: FleetOptions = {}): Promise<Fleet> {
  const { shape = smallBodies } = options
  const databaseUrl = options.databaseUrl ?? (await ownDatabase())
  const servers = { databaseUrl, redisUrl: options.redisUrl ?? redisUrl() }
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  const prefix = redisPrefix().slice(1, -1)
  const clients = openClients(servers, prefix)
  await logAppliedFences(clients.pool)
  const served = new Set<number>()
  const workers: Program[] = []
  const env = {
    ...workerSettings(servers, prefix, `${upstream.url}${bodyPath}`),
    ...options.env,
  }
  return {
    ...servers,
    ...clients,
    prefix,
    shape,
    upstream,
    served,
    workers,
    env,
    serve: (body) => {
      served.add(body)
      upstream.answer(bodyPath, { body: bodyText(body, shape), etag: `"${body}"` })
    },
    startWorker: async (more = {}) => {
      const worker = startProgram(commandLine, ['worker'], { ...env, ...more })
      workers.push(worker)
      await isReady(worker)
      return worker
    },
  }
}

export async function isReady(worker: Program): Promise<void> {
  await expect.poll(worker.output, { timeout: 20_000 }).toContain('worker ready')
}

async function ownDatabase(): Promise<string> {
  const { url, drop } = await createDatabase()
  onTestFinished(drop)
  return url
}

/** Times are short, so that what takes a minute in production takes a second here. */
function workerSettings(
  servers: { databaseUrl: string; redisUrl: string },
  prefix: string,
  url: string,
): Record<string, string> {
  return {
    DATABASE_URL: servers.databaseUrl,
    REDIS_URL: servers.redisUrl,
    REDIS_PREFIX: prefix,
    METRICS_PORT: '0',
    LOG_LEVEL: 'debug',
    PLUMBLINE_UPSTREAMS: fleetUpstream,
    PLUMBLINE_UPSTREAM_MODELS_DEV_URL: url,
    PLUMBLINE_UPSTREAM_MODELS_DEV_SCHEDULE: '24h',
    JOB_LOCK_DURATION: '3s',
    JOB_STALLED_INTERVAL: '1500ms',
    RECONCILE_INTERVAL: '1s',
    OUTBOX_INTERVAL: '200ms',
    SHUTDOWN_TIMEOUT: '10s',
    REFRESH_COOLDOWN: '0',
    CIRCUIT_FAILURES: '1000',
  }
}

function openClients(servers: { databaseUrl: string; redisUrl: string }, prefix: string) {
  const pool = new Pool({ connectionString: servers.databaseUrl, max: 4 })
  pool.on('error', () => undefined)
  const redis = new Redis(servers.redisUrl)
  redis.on('error', () => undefined)
  const log = createLogger({ level: 'silent' })
  const metrics = createMetrics({ processMetrics: 'off' })
  const queues = openQueues({ redisUrl: servers.redisUrl, prefix: `{${prefix}}`, log, metrics })
  const database = openDatabase({
    url: servers.databaseUrl,
    poolSize: 2,
    applicationName: 'test',
  })
  onTestFinished(async () => {
    await queues.close()
    redis.disconnect()
    await pool.end()
    await database.close()
  })
  const context = { db: database.db, queues, refreshAttempts: 4, refreshCooldownMs: 0 }
  const request = {
    upstream: fleetUpstream,
    trigger: 'manual',
    actor: 'test',
    options: {},
  } as const
  return {
    pool,
    redis,
    queues,
    enqueue: async () => (await enqueueRefresh(context, request)).id,
  }
}

/** Every time that a slice is applied, by whomever: what the product's own tables say may be overwritten. */
async function logAppliedFences(pool: Pool): Promise<void> {
  await pool.query(`
    CREATE TABLE applied_log (
      seq bigserial PRIMARY KEY, upstream text, provider text, before bigint, after bigint, snapshot_id bigint);
    CREATE FUNCTION log_applied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO applied_log (upstream, provider, before, after, snapshot_id)
      VALUES (NEW.upstream, NEW.provider, OLD.applied_fence, NEW.applied_fence, NEW.snapshot_id);
      RETURN NULL;
    END $$;
    CREATE TRIGGER log_applied AFTER UPDATE OF applied_fence ON provider_slices
      FOR EACH ROW EXECUTE FUNCTION log_applied()`)
}
