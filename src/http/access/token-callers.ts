/** From a JWT to its caller: signed by the issuer that is configured, for us, and not expired. */
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose'
import type { Tier } from '../../catalog/model.ts'
import { PlumblineError } from '../../errors.ts'
import { keyScopes } from '../../history/api-keys.ts'
import { newCaller, type Caller } from '../caller.ts'
import { unauthenticated } from './credentials.ts'

export interface TokenIssuer {
  issuer: string
  audience: string
  jwksUrl: string
  /** Claim that holds the tier. */
  tierClaim: string
}

/** Only such with a key pair: with a shared secret whoever can check a token can also make one. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
]
const tiers: readonly Tier[] = ['free', 'pro', 'enterprise']

export type FindTokenCaller = (token: string) => Promise<Caller>

/** Throws `unauthenticated`; `identity_unavailable` when the issuer's keys cannot be read. */
export function createTokenCallers(trusted: TokenIssuer): FindTokenCaller {
  const { issuer, audience, jwksUrl, tierClaim } = trusted
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: 3000,
    cooldownDuration: 30_000,
    cacheMaxAge: 10 * 60_000,
  })
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms,
        clockTolerance: 5,
        requiredClaims: ['exp', 'sub'],
      })
      return callerOf(payload, tierClaim)
    } catch (error) {
      throw toProblem(error)
    }
  }
}

function callerOf(payload: JWTPayload, tierClaim: string): Caller {
  const stated = payload[tierClaim]
  const words = typeof payload['scope'] === 'string' ? payload['scope'].split(' ') : []
  const scopes = keyScopes.filter((scope) => words.includes(scope))
  return newCaller(
    'token',
    `token:${String(payload.sub).slice(0, 100)}`,
    scopes.length > 0 ? scopes : ['read'],
    tiers.find((tier) => tier === stated) ?? null,
  )
}

function toProblem(error: unknown): PlumblineError {
  if (error instanceof errors.JWTExpired) return unauthenticated('The token has expired.')
  const isTheirs = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)
  // What the issuer's server answers is not the caller's fault.
  if (isTheirs && !(error instanceof errors.JWKSInvalid) && error.code !== 'ERR_JOSE_GENERIC')
    return unauthenticated('The token is not valid here.')
  return new PlumblineError('identity_unavailable', 'The keys of the issuer cannot be read.', {
    retryable: true,
    cause: error,
    nextStep: 'Try again; API keys work meanwhile.',
  })
}
