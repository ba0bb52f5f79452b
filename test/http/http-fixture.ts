/** A server of this project on a free port, with a database of its own; what it logs is kept. */
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { openDatabase, type Db } from '../../src/catalog/database.ts'
import { openReadPool } from '../../src/catalog/read-pool.ts'
import { openEventsRedis } from '../../src/events/redis.ts'
import { startHttp, type HttpOptions, type HttpServer } from '../../src/http/app.ts'
import { createAnswerCache } from '../../src/http/cache/answer-cache.ts'
import { createRedisAnswers } from '../../src/http/cache/redis-answers.ts'
import { watchCatalog } from '../../src/http/catalog-watch.ts'
import type { HttpConfig, HttpContext } from '../../src/http/http-context.ts'
import { createTotals } from '../../src/http/totals.ts'
import { publishFormats } from '../../src/http/publishing/published-formats.ts'
import { openHttpRedis } from '../../src/http/redis.ts'
import { createLogger } from '../../src/log.ts'
import { createMetrics, type Metrics } from '../../src/metrics.ts'
import { openQueues, type Queues } from '../../src/queue/queues.ts'
import { createDatabase } from '../support/database.ts'
import { redisPrefix, redisUrl } from '../support/redis.ts'

export interface TestHttp extends HttpServer {
  context: HttpContext
  db: Db
  queues: Queues
  metrics: Metrics
  prefix: string
  databaseUrl: string
  /** Of the server alone, as at a stop of the process: what is behind it stays open. */
  readonly stopServing: () => Promise<void>
  /** All log lines so far. */
  readonly logged: () => string
  readonly get: (path: string) => Promise<TestAnswer>
  /** As it came: nothing is decompressed. */
  readonly getRaw: (path: string, headers: Record<string, string>) => Promise<RawAnswer>
  /** Samples of a scrape by their text, e.g. `plumbline_models{provider="acme",status="active"}`. */
  readonly scrape: () => Promise<Map<string, number>>
}

export interface TestAnswer {
  status: number
  type: string | null
  body: string
  json: Record<string, unknown>
}

export interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  rawBody: Buffer
}

export interface TestHttpOptions extends Partial<
  Pick<HttpOptions, 'role' | 'extraRoutes' | 'closeWithinMs' | 'requestWithinMs'>
> {
  /** Somebody else's; else one of its own. */
  databaseUrl?: string
  redisUrl?: string
  apiMaxStreams?: number
  /** Of keys, tokens and limits; by default nothing is limited. */
  access?: Partial<HttpConfig>
}

const unlimited: Omit<HttpConfig, 'apiMaxStreams' | 'redisPrefix'> = {
  adminApiKey: undefined,
  apiAuthFailureLimit: 0,
  apiKeyRateLimit: 0,
  apiPublicRead: true,
  apiRateLimit: 0,
  jwtAudience: undefined,
  jwtIssuer: undefined,
  jwtJwksUrl: undefined,
  jwtTierClaim: 'tier',
  publicUrl: 'https://plumbline.example/catalog',
  trustProxy: undefined,
}

/** The caller closes it; its database is dropped then. */
export async function openHttp(options: TestHttpOptions = {}): Promise<TestHttp> {
  const database = await createDatabase()
  const { apiMaxStreams = 300, access = {}, ...httpOptions } = options
  const url = options.databaseUrl ?? database.url
  const lines: string[] = []
  const log = createLogger({ level: 'debug', destination: { write: (line) => lines.push(line) } })
  const metrics = createMetrics({ processMetrics: 'off' })
  const pool = { url, poolSize: 4, applicationName: 'test' }
  const { db, close: closeDatabase } = openDatabase(pool)
  const reads = openReadPool(pool)
  const redis = options.redisUrl ?? redisUrl()
  const eventsRedis = openEventsRedis(redis, log)
  const queues = openQueues({ redisUrl: redis, prefix: redisPrefix(), log, metrics })
  const prefix = redisPrefix()
  const httpRedis = openHttpRedis(redis, log)
  // Without it requests are answered all the same: a test of what is in it would see that it is not.
  while (options.redisUrl === undefined && httpRedis.status !== 'ready')
    await new Promise((resolve) => setTimeout(resolve, 5))
  const watch = watchCatalog({ databaseUrl: url, redisUrl: redis, prefix, log })
  const answers = createAnswerCache({
    watch,
    metrics,
    shared: createRedisAnswers(
      () => httpRedis,
      prefix,
      (err) => log.warn({ err }, 'cache'),
    ),
    maxBytes: 16 * 1024 * 1024,
  })
  const formats = publishFormats({ reads, watch, answers, metrics, log })
  const context: HttpContext = {
    log,
    metrics,
    db,
    reads,
    queues,
    eventsRedis,
    watch,
    answers,
    totals: createTotals(),
    httpRedis,
    config: {
      ...unlimited,
      ...access,
      databaseUrl: url,
      apiMaxStreams,
      redisPrefix: prefix,
    },
    formats,
  }
  const server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    role: 'api',
    ...httpOptions,
    context,
  })
  return {
    ...server,
    context,
    db,
    queues,
    metrics,
    prefix,
    databaseUrl: url,
    stopServing: server.close,
    logged: () => lines.join(''),
    get: (path) => get(server.url + path),
    getRaw: (path, headers) => getRaw(server.url + path, headers),
    scrape: async () => readSamples((await get(`${server.url}/metrics`)).body),
    async close() {
      await server.close()
      await formats.close()
      await answers.close()
      await watch.close()
      httpRedis.disconnect()
      eventsRedis.disconnect()
      await queues.close()
      await reads.close()
      await closeDatabase()
      await database.drop()
    },
  }
}

export async function get(url: string, init: RequestInit = {}): Promise<TestAnswer> {
  const response = await fetch(url, init)
  const [type, body] = [response.headers.get('content-type'), await response.text()]
  const json: Record<string, unknown> = type?.includes('json') ? JSON.parse(body) : {}
  return { status: response.status, type, body, json }
}

async function getRaw(url: string, headers: Record<string, string>): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  request(url, { headers }, resolve).on('error', reject).end()
  const response = await promise
  const rawBody = Buffer.concat(await response.toArray())
  return { status: response.statusCode ?? 0, headers: response.headers, rawBody }
}

function readSamples(text: string): Map<string, number> {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    samples.map((line) => {
      const end = line.lastIndexOf(' ')
      return [line.slice(0, end), Number(line.slice(end + 1).replace('Inf', 'Infinity'))]
    }),
  )
}

/** Counts begin anew with each minute, and the test shall see none begin. */
export async function awayFromMinuteEnd(): Promise<void> {
  const leftMs = 60_000 - (Date.now() % 60_000)
  if (leftMs < 5000) await new Promise((resolve) => setTimeout(resolve, leftMs))
}
