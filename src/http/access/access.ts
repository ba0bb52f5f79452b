/**
 * Who may ask what, and how often. Before anything else is done for a request: who asks, whether they
 * may, and whether they ask too often. What is against it is said by `registerRefusals`, so that a
 * refusal has the headers of every other answer.
 */
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify'
import { PlumblineError, toPlumblineError } from '../../errors.ts'
import { createOutageLog } from '../../events/outage-log.ts'
import { findApiKey, recordKeyUse } from '../../history/api-keys.ts'
import { createSampler } from '../../log.ts'
import { anonymous, audienceOf, hasScope, stranger, type Caller } from '../caller.ts'
import type { HttpContext } from '../http-context.ts'
import { statusByCode } from '../problem.ts'
import { addToCounts } from '../redis.ts'
import { addressKey } from './address-key.ts'
import { readCredential, unauthenticated } from './credentials.ts'
import { createKeyCallers } from './key-callers.ts'
import { createRequestLimits, type Allowance, type RequestLimits } from './request-limits.ts'
import { createTokenCallers, type TokenCallers } from './token-callers.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether who asked may still be told, in an answer that goes on: a key can end meanwhile. */
    isStillAdmitted: (request: FastifyRequest) => Promise<boolean>
  }
  interface FastifyRequest {
    /** Undefined where nothing is limited. */
    allowance: Allowance | undefined
    /** Why it gets no answer. */
    refusal: PlumblineError | undefined
  }
}

/** Before everything that answers. */
export function registerAccess(app: FastifyInstance, context: HttpContext): void {
  const limits = openLimits(context)
  const { identify, identifyAgain } = createIdentify(context, limits)
  const refusalOf = createRefusalOf(context, limits)
  app.decorateRequest('caller')
  app.decorateRequest('allowance')
  app.decorateRequest('refusal')
  app.decorate('isStillAdmitted', (request) => isStillAdmitted(request, identifyAgain))
  app.addHook('onClose', () => limits.close())
  app.addHook('onRequest', (request, _reply, done) => {
    request.caller = anonymous
    // Once: each look at it makes an object.
    const { config: route } = request.routeOptions
    // Probes and metrics; and what browsers ask before they send a key.
    if (request.method === 'OPTIONS' || route.scope === 'none') return done()
    const judge = (caller: Caller): void => {
      request.caller = caller
      request.refusal = refusalOf(request, route)
    }
    const judgeLater = async (caller: Promise<Caller>): Promise<void> => {
      try {
        judge(await caller)
      } catch (error) {
        request.refusal = toPlumblineError(error)
      }
      done()
    }
    // No promise where none is needed: most requests show nothing, or a key that is known.
    const caller = identify(request, route)
    if (caller instanceof Promise) return void judgeLater(caller)
    judge(caller)
    done()
  })
}

/** Behind everything that sets headers. */
export function registerRefusals(app: FastifyInstance, { metrics }: HttpContext): void {
  app.addHook('onRequest', ({ allowance, refusal }, reply, done) => {
    if (refusal && statusByCode[refusal.code] < 500) metrics.apiRefusals.inc({ code: refusal.code })
    if (allowance) void reply.headers(Object.fromEntries(allowanceHeaders(allowance)))
    done(refusal)
  })
}

function openLimits({ httpRedis, config, log }: HttpContext): RequestLimits {
  const outage = createOutageLog(log, 'Counting requests in Redis (each process counts for itself)')
  return createRequestLimits({
    redis: {
      addToWindows: async (additions) => {
        const prefix = `{${config.redisPrefix}}:requests`
        const named = additions.map((one) => ({ ...one, key: `${prefix}:${one.key}` }))
        const sums = await addToCounts(httpRedis, named)
        outage.recovered()
        return sums
      },
    },
    onFailure: (error) => outage.failed(error instanceof Error ? error : new Error(String(error))),
  })
}

type MaybeLater = Caller | Promise<Caller>

interface Identification {
  identify: (request: FastifyRequest, route: FastifyContextConfig) => MaybeLater
  /** Of a request that was admitted: what is wrong with it now is no guess. */
  identifyAgain: (request: FastifyRequest) => MaybeLater
}

function createIdentify(context: HttpContext, limits: RequestLimits): Identification {
  const { db, config } = context
  const keys = createKeyCallers({
    readKey: (id) => findApiKey(db, id),
    recordUse: (id) => recordKeyUse(db, id),
    adminKey: config.adminApiKey,
  })
  const tokens = openTokens(context)
  const nobody = config.apiPublicRead ? anonymous : stranger
  const isToken = (text: string) => text.split('.').length === 3
  const look = (text: string) => (tokens && isToken(text) ? tokens.find(text) : keys.find(text))
  const known = (text: string) => keys.known(text) ?? tokens?.known(text)
  const find = async (request: FastifyRequest, text: string): Promise<Caller> => {
    const failures = countFailures(request, limits, config.apiAuthFailureLimit)
    failures?.refuseTooMany()
    try {
      return await look(text)
    } catch (error) {
      if (toPlumblineError(error).code === 'unauthenticated') failures?.add()
      throw error
    }
  }
  const isOurs = (text: string) => keys.isOurs(text) || (tokens !== undefined && isToken(text))
  return {
    identify(request, { othersKeys }) {
      const text = readCredential(request.headers)
      if (text === undefined) return nobody
      if (othersKeys === 'ignored' && !isOurs(text)) return nobody
      return known(text) ?? find(request, text)
    },
    identifyAgain({ headers }) {
      const text = readCredential(headers)
      return text === undefined ? nobody : (known(text) ?? look(text))
    },
  }
}

/** That it cannot be known at the moment is no reason to end it. */
async function isStillAdmitted(
  request: FastifyRequest,
  identifyAgain: Identification['identifyAgain'],
): Promise<boolean> {
  if (request.caller.kind === 'anonymous') return true
  try {
    const caller = await identifyAgain(request)
    return audienceOf({ caller }) === audienceOf(request)
  } catch (error) {
    return toPlumblineError(error).code !== 'unauthenticated'
  }
}

function openTokens({ config, log }: HttpContext): TokenCallers | undefined {
  const { jwtIssuer: issuer, jwtAudience: audience, jwtJwksUrl: jwksUrl, jwtTierClaim } = config
  if (issuer === undefined || audience === undefined || jwksUrl === undefined) return undefined
  const outage = createOutageLog(log, 'Reading the keys of the JWT issuer')
  return createTokenCallers({ issuer, audience, jwksUrl, tierClaim: jwtTierClaim, outage })
}

/** Wrong credentials of one address; after too many, further ones are not looked at. */
function countFailures({ ip }: FastifyRequest, limits: RequestLimits, perMinute: number) {
  if (perMinute === 0) return undefined
  const key = `failures:${addressKey(ip)}`
  return {
    add: () => void limits.take(key, perMinute),
    refuseTooMany() {
      const { isExceeded, resetSeconds } = limits.look(key, perMinute)
      if (isExceeded)
        throw rateLimited('Too many wrong keys or tokens came from this address.', resetSeconds)
    },
  }
}

/** Undefined: go on. */
function createRefusalOf(context: HttpContext, limits: RequestLimits) {
  const { apiRateLimit, apiKeyRateLimit } = context.config
  const hintAtProxy = createProxyHint(context)
  return (
    request: FastifyRequest,
    { scope = 'read' }: FastifyContextConfig,
  ): PlumblineError | undefined => {
    const { caller } = request
    const isAnonymous = caller.kind === 'anonymous'
    const limit = isAnonymous ? apiRateLimit : apiKeyRateLimit
    if (limit > 0) {
      const key = isAnonymous ? `address:${addressKey(request.ip)}` : caller.name
      const allowance = limits.take(key, limit)
      request.allowance = allowance
      if (allowance.isExceeded) {
        if (isAnonymous) hintAtProxy(request)
        return rateLimited(`More than ${limit} requests in a minute.`, allowance.resetSeconds)
      }
    }
    if (scope === 'none' || hasScope(caller, scope)) return undefined
    if (isAnonymous) return unauthenticated('A key or token is needed here.', scope)
    return new PlumblineError('forbidden', `The scope "${scope}" is needed here.`, {
      missingScope: scope,
      nextStep: `Use a key with it: plumbline keys create NAME --scope ${scope}`,
    })
  }
}

/** Behind a proxy that is not known as one everybody has its address, and is limited as one. */
function createProxyHint({ log, config }: HttpContext): (request: FastifyRequest) => void {
  const sample = createSampler(60 * 60_000)
  return ({ headers }) => {
    if (config.trustProxy !== undefined || headers['x-forwarded-for'] === undefined) return
    sample('', () =>
      log.warn(
        'an address reached API_RATE_LIMIT and sends X-Forwarded-For: if it is a proxy of yours, set TRUST_PROXY',
      ),
    )
  }
}

/** As the draft for rate limit headers has them. */
export function allowanceHeaders({
  limit,
  remaining,
  resetSeconds,
}: Allowance): [name: string, value: string][] {
  return [
    ['ratelimit-limit', String(limit)],
    ['ratelimit-remaining', String(remaining)],
    ['ratelimit-reset', String(resetSeconds)],
  ]
}

function rateLimited(message: string, resetSeconds: number): PlumblineError {
  return new PlumblineError('rate_limited', message, {
    retryable: true,
    retryAfterMs: resetSeconds * 1000,
    nextStep: 'Wait, or use a key; watch /api/v1/events instead of polling.',
  })
}
