/**
 * Who may ask what, and how often. Before anything else is done for a request: who asks, whether they
 * may, and whether they ask too often.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { PlumblineError } from '../../errors.ts'
import { createOutageLog } from '../../events/outage-log.ts'
import { anonymous, hasScope, stranger, type Caller } from '../caller.ts'
import type { HttpContext } from '../http-context.ts'
import { addToWindow } from '../redis.ts'
import { addressKey } from './address-key.ts'
import { readCredential, unauthenticated } from './credentials.ts'
import { createKeyCallers } from './key-callers.ts'
import { createRequestLimits, type Allowance, type RequestLimits } from './request-limits.ts'
import { createTokenCallers, type FindTokenCaller } from './token-callers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined where nothing is limited. */
    allowance: Allowance | undefined
  }
}

/** Wrong credentials from one address in a minute; further ones are not looked at. */
const failuresPerMinute = 20

export function registerAccess(app: FastifyInstance, context: HttpContext): void {
  const limits = openLimits(context)
  const identify = createIdentify(context, limits)
  app.decorateRequest('caller')
  app.decorateRequest('allowance')
  app.addHook('onClose', (_app, done) => {
    limits.close()
    done()
  })
  app.addHook('onRequest', (request, reply, done) => {
    const admit = (caller: Caller): void => {
      request.caller = caller
      done(refusalOf(request, reply, context, limits))
    }
    // No promise where none is needed: most requests show nothing, or a key that is known.
    try {
      const caller = isFree(request) ? anonymous : identify(request)
      if (caller instanceof Promise) caller.then(admit, done)
      else admit(caller)
    } catch (error) {
      done(error instanceof Error ? error : undefined)
    }
  })
}

function openLimits({ httpRedis, config, log }: HttpContext): RequestLimits {
  const outage = createOutageLog(log, 'Counting requests in Redis (each process counts for itself)')
  return createRequestLimits({
    redis: {
      addToWindow: (key, by, ttlMs) =>
        addToWindow(httpRedis, `{${config.redisPrefix}}:requests:${key}`, by, ttlMs),
    },
    onFailure: (error) => outage.failed(error instanceof Error ? error : new Error(String(error))),
  })
}

/** Probes and metrics; and what browsers ask before they send a key. */
function isFree({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'OPTIONS' || routeOptions.config?.scope === 'none'
}

type Identify = (request: FastifyRequest) => Caller | Promise<Caller>

function createIdentify({ db, config }: HttpContext, limits: RequestLimits): Identify {
  const keys = createKeyCallers({ db, adminKey: config.adminApiKey })
  const findTokenCaller = openTokens(config)
  const nobody = config.apiPublicRead ? anonymous : stranger
  const find = async (request: FastifyRequest, text: string): Promise<Caller> => {
    const key = `failures:${addressKey(request.ip)}`
    const { resetSeconds, remaining } = limits.look(key, failuresPerMinute)
    if (remaining === 0) throw rateLimited('Too many wrong credentials.', resetSeconds)
    try {
      const isToken = findTokenCaller !== undefined && text.split('.').length === 3
      const caller = isToken ? await findTokenCaller(text) : await keys.find(text)
      if (caller) return caller
      throw unauthenticated('The key is wrong, has expired or was revoked.')
    } catch (error) {
      if (error instanceof PlumblineError && error.code === 'unauthenticated')
        limits.take(key, failuresPerMinute)
      throw error
    }
  }
  const isOurs = (text: string) =>
    keys.isOurs(text) || (findTokenCaller !== undefined && text.split('.').length === 3)
  return (request) => {
    const text = readCredential(request.headers)
    if (text === undefined) return nobody
    const ignoresOthers = request.routeOptions.config?.othersKeys === 'ignored'
    if (ignoresOthers && !isOurs(text)) return nobody
    return keys.known(text) ?? find(request, text)
  }
}

function openTokens(config: HttpContext['config']): FindTokenCaller | undefined {
  const { jwtIssuer: issuer, jwtAudience: audience, jwtJwksUrl: jwksUrl, jwtTierClaim } = config
  if (issuer === undefined || audience === undefined || jwksUrl === undefined) return undefined
  return createTokenCallers({ issuer, audience, jwksUrl, tierClaim: jwtTierClaim })
}

/** Undefined: go on. */
function refusalOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { config }: HttpContext,
  limits: RequestLimits,
): PlumblineError | undefined {
  if (isFree(request)) return undefined
  const { caller, routeOptions } = request
  const isAnonymous = caller.kind === 'anonymous'
  const limit = isAnonymous ? config.apiRateLimit : config.apiKeyRateLimit
  if (limit > 0) {
    const key = isAnonymous ? `address:${addressKey(request.ip)}` : caller.name
    const allowance = limits.take(key, limit)
    request.allowance = allowance
    void reply.headers(Object.fromEntries(allowanceHeaders(allowance)))
    if (allowance.isExceeded)
      return rateLimited(`More than ${limit} requests in a minute.`, allowance.resetSeconds)
  }
  const scope = routeOptions.config?.scope ?? 'read'
  if (scope === 'none' || hasScope(caller, scope)) return undefined
  if (isAnonymous) return unauthenticated('A key or token is needed here.')
  return new PlumblineError('forbidden', `The scope "${scope}" is needed here.`, {
    nextStep: `Use a key with it: plumbline keys create NAME --scope ${scope}`,
  })
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
