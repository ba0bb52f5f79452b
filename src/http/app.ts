/**
 * The HTTP server of a process: `api` and `worker` differ in the routes that they have. Errors leave
 * through one place (problem.ts), every request is timed by its route's pattern, and no client can
 * hold a connection or the shutdown for longer than the limits here.
 */
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import { PlumblineError } from '../errors.ts'
import { runWithin } from '../run-within.ts'
import { registerAccess, registerRefusals } from './access/access.ts'
import { registerRepeatedAnswers } from './catalog-route.ts'
import { registerBrowserHeaders } from './browser-headers.ts'
import type { HttpContext } from './http-context.ts'
import { InvalidParameter } from './invalid-request.ts'
import { encodeModelId } from './model-id-urls.ts'
import { measureRequests } from './request-durations.ts'
import { bodyLimit, describeProblem, refusal, sendProblem } from './problem.ts'
import type { Role } from './readiness.ts'
import { requestIdOf } from './request-id.ts'
import { watchMethods } from './refuse-methods.ts'
import { refuseUnreadable } from './refuse-unreadable.ts'
import { registerChanges } from './routes/changes.ts'
import { registerBenchmarks } from './routes/benchmarks.ts'
import { registerCompare } from './routes/compare.ts'
import { registerConflicts } from './routes/conflicts.ts'
import { registerCost } from './routes/cost.ts'
import { registerEvents } from './routes/events.ts'
import { registerFeeds } from './routes/feeds.ts'
import { registerFormatParts } from './routes/format-parts.ts'
import { registerFormats } from './routes/formats.ts'
import { registerMetrics } from './routes/metrics.ts'
import { registerModelBatch } from './routes/model-batch.ts'
import { registerModels } from './routes/models.ts'
import { registerOffers } from './routes/offers.ts'
import { registerPrices } from './routes/prices.ts'
import { registerProbes } from './routes/probes.ts'
import { registerProviders } from './routes/providers.ts'
import { registerRecommend } from './routes/recommend.ts'

export type RegisterRoutes = (app: FastifyInstance, context: HttpContext, role: Role) => void

/** Which process answers what. */
const routes: Readonly<Record<Role, readonly RegisterRoutes[]>> = {
  api: [
    registerProbes,
    registerMetrics,
    registerModels,
    registerModelBatch,
    registerCompare,
    registerRecommend,
    registerOffers,
    registerBenchmarks,
    registerPrices,
    registerCost,
    registerProviders,
    registerConflicts,
    registerChanges,
    registerEvents,
    registerFeeds,
    registerFormats,
    registerFormatParts,
  ],
  worker: [registerProbes, registerMetrics],
}

const limits = {
  /** A connection on which nothing moves. */
  connectionTimeout: 10_000,
  bodyLimit,
} as const

export interface HttpOptions {
  context: HttpContext
  host: string
  /** 0 = any free one; `url` says which. */
  port: number
  role: Role
  /** Further routes, for instance a test's. */
  extraRoutes?: readonly RegisterRoutes[]
  /** Requests that still run at the stop are cut after this long; 5000. */
  closeWithinMs?: number
  /** From a request's first byte to its last, or it is refused; 10,000. */
  requestWithinMs?: number
}

export interface HttpServer {
  url: string
  /** New connections are refused at once, running requests end, idle connections are cut. Idempotent. */
  close: () => Promise<void>
}

/** Throws `config_invalid` when the address cannot be listened on. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { context, host, port, role, extraRoutes = [], closeWithinMs = 5000 } = options
  const app = createApp(options)
  const refuseOtherMethods = watchMethods(app)
  if (role === 'api') await registerApiPlugins(app, context)
  for (const register of [...routes[role], ...extraRoutes]) register(app, context, role)
  refuseOtherMethods()
  await listen(app, host, port)
  const url = urlOf(app, host)
  context.log.info({ url, role }, 'listening')
  let closed: Promise<void> | undefined
  return { url, close: () => (closed ??= closeApp(app, closeWithinMs)) }
}

function createApp({ context, requestWithinMs = 10_000 }: HttpOptions): FastifyInstance {
  const { log, metrics, config } = context
  const loggerInstance: FastifyBaseLogger = log
  const app = fastify({
    ...limits,
    requestTimeout: requestWithinMs,
    // Node looks for requests that are late every 30 s, unless it is told otherwise.
    http: { connectionsCheckingInterval: requestWithinMs / 10 },
    loggerInstance,
    // Requests are counted, not logged; failures are logged where they become problems.
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    // Named by its id in every line that we log of it; a logger of its own would cost more than a cached answer.
    childLoggerFactory: (logger) => logger,
    // Given where it is told (request-id.ts): most requests never need one.
    genReqId: () => '',
    // A caller's own id would end up in our log unchecked.
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    // Anybody can write X-Forwarded-For: only what the named proxies wrote counts.
    trustProxy: trustOf(config.trustProxy),
    rewriteUrl: ({ url = '/' }) => encodeModelId(url),
    // Ids of models have up to 500 characters, three bytes each when they are encoded.
    routerOptions: { maxParamLength: 2000 },
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, request, reply) =>
      void sendProblem(request, reply, describeProblem(error)),
  })
  app.setValidatorCompiler(validatorCompiler)
  // Schemas of answers are for the documentation and the tests; what we made we need not check again.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  app.addHook('onRequest', ({ url }, _reply, done) => done(url.includes('%00') ? nul : undefined))
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, refusal(404, 'There is nothing at this path.')),
  )
  app.setErrorHandler((error, request, reply) => {
    const problem = describeProblem(error)
    if (problem.status >= 500) {
      const level = problem.code === 'internal' ? 'error' : 'warn'
      const { url: route } = request.routeOptions
      request.log[level]({ err: error, requestId: requestIdOf(request), route }, 'a request failed')
      metrics.errors.inc({ code: problem.code })
    }
    return sendProblem(request, reply, problem)
  })
  measureRequests(app, metrics)
  return app
}

function trustOf(trusted: HttpContext['config']['trustProxy']) {
  if (typeof trusted !== 'number') return trusted ? [...trusted] : false
  return (_address: string, hop: number) => hop < trusted
}

async function registerApiPlugins(app: FastifyInstance, context: HttpContext): Promise<void> {
  registerAccess(app, context)
  registerRepeatedAnswers(app, context)
  await registerBrowserHeaders(app)
  registerRefusals(app, context)
  // Loaded here: what only describes the API would take 40 MB of every worker's memory.
  const { registerOpenApi } = await import('./openapi.ts')
  await registerOpenApi(app)
}

// PostgreSQL has no text with it, and no id or word of the catalog has it.
const nul = new InvalidParameter('url', 'has a NUL (%00)')

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    const message =
      reason === 'EADDRINUSE'
        ? `Port ${port} of ${host} is in use.`
        : `Cannot listen on ${host}:${port} (${reason}).`
    throw new PlumblineError('config_invalid', message, {
      nextStep: 'Stop what uses it, or set HOST and PORT (METRICS_PORT for a worker).',
      cause: error,
    })
  }
}

function urlOf(app: FastifyInstance, host: string): string {
  const address = app.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/**
 * `close` alone waits for connections that become idle only after it began (measured: 6 s, and up to
 * the keep-alive of 72 s), and for ever for a handler that hangs.
 */
async function closeApp(app: FastifyInstance, withinMs: number): Promise<void> {
  const closed = app.close()
  const sweep = setInterval(() => app.server.closeIdleConnections(), 50)
  const isClosed = await runWithin(withinMs, () => closed)
  clearInterval(sweep)
  if (isClosed) return
  app.log.warn('requests that did not end in time are cut')
  app.server.closeAllConnections()
  await runWithin(1000, () => closed)
}
