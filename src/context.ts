/**
 * The composition root: Config → everything that opens and closes. The only place that makes clients;
 * functions take the narrowest slice of it. What a command does not use is never opened.
 */
import type { Redis } from 'ioredis'
import { openDatabase, type Database, type Db } from './catalog/database.ts'
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
import { openLimiterRedis } from './queue/connection.ts'
import type { EnqueueContext } from './queue/enqueue.ts'
import { openQueues, type Queues } from './queue/queues.ts'
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
  const database = openDatabase({
    url: requireUrl(config.databaseUrl, 'DATABASE_URL'),
    poolSize: config.databasePool,
    applicationName: 'plumbline',
  })
  const limiter = once(() => openLimiter(requireUrl(config.redisUrl, 'REDIS_URL'), log))
  const fetcher = limitFetcher(openFetcher(config, metrics), config, upstreams, limiter)
  const queues = once(() =>
    openQueues({
      redisUrl: requireUrl(config.redisUrl, 'REDIS_URL'),
      prefix: `{${config.redisPrefix}}`,
      log,
      metrics,
    }),
  )
  const eventsRedis = once(() => openEventsRedis(requireUrl(config.redisUrl, 'REDIS_URL'), log))
  const relay = once(() => openRelay(config, database.db, eventsRedis.get(), log, metrics))
  const watch = once(() => openWatch(config, log))
  const httpRedis = once(() => openHttpRedis(requireUrl(config.redisUrl, 'REDIS_URL'), log))
  const answers = once(() =>
    openAnswers(config, { watch: watch.get(), redis: httpRedis, log, metrics }),
  )
  const formats = once(() =>
    publishFormats({
      db: database.db,
      watch: watch.get(),
      answers: answers.get(),
      metrics,
      log,
    }),
  )
  return {
    config,
    log,
    metrics,
    db: database.db,
    fetcher,
    upstreams,
    policy: { authority: authorityOf(upstreams), autoActivate: config.catalogAutoActivate },
    circuit: { failures: config.circuitFailures, pauseMs: config.circuitPauseMs },
    memos: new Map(),
    refreshAttempts: config.refreshAttempts,
    refreshCooldownMs: config.refreshCooldownMs,
    ...(overrides.clock ? { clock: overrides.clock } : {}),
    get redisUrl() {
      return requireUrl(config.redisUrl, 'REDIS_URL')
    },
    get queues() {
      return queues.get()
    },
    get eventsRedis() {
      return eventsRedis.get()
    },
    get relay() {
      return relay.get()
    },
    totals: createTotals(),
    get watch() {
      return watch.get()
    },
    get answers() {
      return answers.get()
    },
    get formats() {
      return formats.get()
    },
    get httpRedis() {
      return httpRedis.get()
    },
    announce: () => void relay.get().drain(),
    register: () => registerUpstreams(database.db, registrations(upstreams)),
    close: closeOnce({
      formats,
      answers,
      watch,
      httpRedis,
      relay,
      eventsRedis,
      queues,
      fetcher,
      limiter,
      database,
    }),
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
  limiter: Lazy<Limiter>,
): Fetcher {
  if (config.redisUrl === undefined) return fetcher
  return limitRequests(fetcher, {
    reserve: createRequestSlots({
      redis: () => limiter.get().redis,
      prefix: `{${config.redisPrefix}}`,
      onFailure: (error) => limiter.get().onFailure(error),
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
  open: { watch: CatalogWatch; redis: Lazy<HttpRedis>; log: Logger; metrics: Metrics },
): AnswerCache {
  const outage = createOutageLog(open.log, 'The cache in Redis (answers are made anew)')
  const { watch, metrics } = open
  const onFailure = (error: Error) => outage.failed(error)
  return createAnswerCache({
    watch,
    metrics,
    shared: createRedisAnswers(() => open.redis.get(), `{${config.redisPrefix}}`, onFailure),
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

interface Lazy<T> {
  get: () => T
  opened: () => T | undefined
}

function once<T>(open: () => T): Lazy<T> {
  let value: T | undefined
  return { get: () => (value ??= open()), opened: () => value }
}

interface Closables {
  formats: Lazy<PublishedFormats>
  answers: Lazy<AnswerCache>
  watch: Lazy<CatalogWatch>
  httpRedis: Lazy<HttpRedis>
  relay: Lazy<OutboxRelay>
  eventsRedis: Lazy<Redis>
  queues: Lazy<Queues>
  fetcher: Fetcher
  limiter: Lazy<Limiter>
  database: Database
}

function closeOnce({
  formats,
  answers,
  watch,
  httpRedis,
  relay,
  eventsRedis,
  queues,
  fetcher,
  limiter,
  database,
}: Closables): () => Promise<void> {
  let closed: Promise<void> | undefined
  const close = async () => {
    await formats.opened()?.close()
    await answers.opened()?.close()
    await watch.opened()?.close()
    httpRedis.opened()?.disconnect()
    await relay.opened()?.close()
    eventsRedis.opened()?.disconnect()
    await queues.opened()?.close()
    await fetcher.close()
    limiter.opened()?.redis.disconnect()
    await database.close()
  }
  return () => (closed ??= close())
}
