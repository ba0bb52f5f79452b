/**
 * The composition root: Config → everything that opens and closes. The only place that makes clients;
 * functions take the narrowest slice of it. What a command does not use is never opened.
 */
import type { Redis } from 'ioredis'
import { openDatabase, type Db } from './catalog/database.ts'
import { openReadPool, type ReadPool } from './catalog/read-pool.ts'
import type { Config } from './config.ts'
import { isLoopbackUrl } from './config-values.ts'
import { PlumblineError } from './errors.ts'
import { createOutboxRelay, type OutboxRelay } from './events/outbox.ts'
import { createOutageLog } from './events/outage-log.ts'
import { openEventsRedis } from './events/redis.ts'
import { announceNextIn } from './history/outbox-rows.ts'
import { registerUpstreams } from './history/upstream-state.ts'
import { createAnswerCache, type AnswerCache } from './http/cache/answer-cache.ts'
import { createRedisAnswers } from './http/cache/redis-answers.ts'
import { watchCatalog, type CatalogWatch } from './http/catalog-watch.ts'
import { publishFormats, type PublishedFormats } from './http/publishing/published-formats.ts'
import { openHttpRedis, type HttpRedis } from './http/redis.ts'
import { createTotals, type Totals } from './http/totals.ts'
import { createLogger, type Logger } from './log.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { createOpened } from './opened.ts'
import { openLimiterRedis } from './queue/connection.ts'
import type { EnqueueContext } from './queue/enqueue.ts'
import { openQueues } from './queue/queues.ts'
import type { RefreshContext } from './refresh/refresh-context.ts'
import { configureUpstreams } from './upstreams/configure.ts'
import { authorityOf, type ConfiguredUpstream } from './upstreams/configured-upstream.ts'
import { createFetcher, type Fetcher } from './upstreams/fetch.ts'
import { limitRequests } from './upstreams/request-limit.ts'
import { createRequestSlots } from './upstreams/request-slots.ts'
import { version } from './version.ts'

export interface ContextOverrides {
  log?: Logger
  /** When snapshots are fetched; tests replay history with it. */
  clock?: () => Date
}

export interface Context extends RefreshContext, EnqueueContext {
  config: Config
  /** Connections of their own for those who only read. */
  reads: ReadPool
  redisUrl: string
  /** Started by the long-running commands; others only drain it. */
  relay: OutboxRelay
  eventsRedis: Redis
  /** For those who answer requests: the version as it moves, and answers kept until it does. */
  watch: CatalogWatch
  answers: AnswerCache
  totals: Totals
  formats: PublishedFormats
  httpRedis: HttpRedis
  /** Brings the table of upstreams in line with the configuration. */
  register: () => Promise<void>
  /** In reverse order of opening; safe to call twice. */
  close: () => Promise<void>
}

/** Throws `config_invalid`. Connects to nothing yet: clients connect when they are used first. */
export function createContext(config: Config, overrides: ContextOverrides = {}): Context {
  const log =
    overrides.log ?? createLogger({ level: config.logLevel, secretValues: config.secretValues })
  const upstreams = configureUpstreams(config)
  const metrics = createMetrics({ version })
  metrics.initialise([...upstreams.keys()])
  const redisUrl = () => requireUrl(config.redisUrl, 'REDIS_URL')
  const opened = createOpened()
  // At once, since everything rests on it; it connects at the first query.
  const pool = {
    url: requireUrl(config.databaseUrl, 'DATABASE_URL'),
    poolSize: config.databasePool,
    applicationName: 'plumbline',
  }
  const { db } = opened.once(
    () => openDatabase(pool),
    (database) => database.close(),
  )()
  const reads = opened.once(
    () => openReadPool(pool),
    (open) => open.close(),
  )
  const limiter = opened.once(
    () => openLimiter(redisUrl(), log),
    ({ redis }) => redis.disconnect(),
  )
  const fetcher = opened.once(
    () => limitFetcher(openFetcher(config, metrics), config, upstreams, limiter),
    (open) => open.close(),
  )
  const queues = opened.once(
    () => openQueues({ redisUrl: redisUrl(), prefix: `{${config.redisPrefix}}`, log, metrics }),
    (open) => open.close(),
  )
  const eventsRedis = opened.once(
    () => openEventsRedis(redisUrl(), log),
    (redis) => redis.disconnect(),
  )
  const relay = opened.once(
    () => openRelay(config, db, eventsRedis(), log, metrics),
    (open) => open.close(),
  )
  const watch = opened.once(
    () => openWatch(config, log),
    (open) => open.close(),
  )
  const httpRedis = opened.once(
    () => openHttpRedis(redisUrl(), log),
    (redis) => redis.disconnect(),
  )
  const answers = opened.once(
    () => openAnswers(config, { watch: watch(), redis: httpRedis, log, metrics }),
    (open) => open.close(),
  )
  const formats = opened.once(
    () => publishFormats({ reads: reads(), watch: watch(), answers: answers(), metrics, log }),
    (open) => open.close(),
  )
  return {
    config,
    log,
    metrics,
    db,
    get fetcher() {
      return fetcher()
    },
    get reads() {
      return reads()
    },
    upstreams,
    policy: { authority: authorityOf(upstreams), autoActivate: config.catalogAutoActivate },
    circuit: { failures: config.circuitFailures, pauseMs: config.circuitPauseMs },
    memos: new Map(),
    refreshAttempts: config.refreshAttempts,
    refreshCooldownMs: config.refreshCooldownMs,
    ...(overrides.clock ? { clock: overrides.clock } : {}),
    get redisUrl() {
      return redisUrl()
    },
    get queues() {
      return queues()
    },
    get eventsRedis() {
      return eventsRedis()
    },
    get relay() {
      return relay()
    },
    totals: createTotals(),
    get watch() {
      return watch()
    },
    get answers() {
      return answers()
    },
    get formats() {
      return formats()
    },
    get httpRedis() {
      return httpRedis()
    },
    announce: () => void relay().drain(),
    register: () => registerUpstreams(db, registrations(upstreams)),
    close: opened.close,
  }
}

function openFetcher(config: Config, metrics: Metrics): Fetcher {
  return createFetcher({
    timeoutMs: config.fetchTimeoutMs,
    maxBytes: config.fetchMaxBytes,
    userAgent: `plumbline/${version}`,
    onResponse: ({ upstream, code, durationMs, bytes }) => {
      metrics.upstreamRequests.inc({ upstream, code })
      metrics.upstreamRequestDuration.observe({ upstream }, durationMs / 1000)
      metrics.upstreamBytes.inc({ upstream }, bytes)
    },
  })
}

interface Limiter {
  redis: Redis
  onFailure: (error: Error) => void
}

/** Its losses are no error: requests go through, and the log says so at most once a minute. */
function openLimiter(url: string, log: Logger): Limiter {
  const redis = openLimiterRedis(url)
  const outage = createOutageLog(log, 'The limit of requests to upstreams (they are sent anyway)')
  const onFailure = (error: Error) => outage.failed(error)
  redis.on('error', onFailure)
  redis.on('ready', () => outage.recovered())
  return { redis, onFailure }
}

/** Commands that need no Redis ask without a limit. */
function limitFetcher(
  fetcher: Fetcher,
  config: Config,
  upstreams: ReadonlyMap<string, ConfiguredUpstream>,
  limiter: () => Limiter,
): Fetcher {
  if (config.redisUrl === undefined) return fetcher
  return limitRequests(fetcher, {
    reserve: createRequestSlots({
      redis: () => limiter().redis,
      prefix: `{${config.redisPrefix}}`,
      onFailure: (error) => limiter().onFailure(error),
    }),
    requestsPerMinute: (upstream) => upstreams.get(upstream)?.definition.requestsPerMinute,
    maxWaitMs: 2 * 60_000,
    // The limit spares other people's servers.
    isFree: isLoopbackUrl,
  })
}

function openWatch(config: Config, log: Logger): CatalogWatch {
  return watchCatalog({
    databaseUrl: requireUrl(config.databaseUrl, 'DATABASE_URL'),
    redisUrl: requireUrl(config.redisUrl, 'REDIS_URL'),
    prefix: config.redisPrefix,
    log,
  })
}

function openAnswers(
  config: Config,
  open: { watch: CatalogWatch; redis: () => HttpRedis; log: Logger; metrics: Metrics },
): AnswerCache {
  const outage = createOutageLog(open.log, 'The cache in Redis (answers are made anew)')
  const { watch, metrics } = open
  const onFailure = (error: Error) => outage.failed(error)
  return createAnswerCache({
    watch,
    metrics,
    shared: createRedisAnswers(open.redis, `{${config.redisPrefix}}`, onFailure),
    maxBytes: config.apiCacheMaxBytes,
  })
}

function openRelay(
  config: Config,
  db: Db,
  redis: Redis,
  log: Logger,
  metrics: Metrics,
): OutboxRelay {
  return createOutboxRelay({
    announceNext: announceNextIn(db),
    redis,
    log,
    intervalMs: config.outboxIntervalMs,
    prefix: config.redisPrefix,
    metrics: {
      eventsAnnounced: (count) =>
        metrics.eventsPublished.inc({ type: 'plumbline.catalog.changed' }, count),
      announceFailed: () => metrics.eventPublishFailures.inc({}),
    },
  })
}

function registrations(upstreams: ReadonlyMap<string, ConfiguredUpstream>) {
  return [...upstreams.values()].map(({ definition, enabled, url, schedule }) => ({
    id: definition.id,
    enabled,
    url,
    schedule,
    adapterVersion: definition.adapterVersion,
    runtime: definition.runtime ?? false,
  }))
}

/** Throws `config_invalid` that says how to get a server. */
export function requireUrl(value: string | undefined, name: string): string {
  if (value !== undefined) return value
  throw new PlumblineError(
    'config_invalid',
    `${name} is not set and no \`plumbline up\` is running here.`,
    {
      nextStep: `Run \`npm run up\` in another terminal, or set ${name}.`,
    },
  )
}
