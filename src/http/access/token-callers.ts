/**
 * From a JWT to its caller: signed by the issuer that is configured, for us, and not expired. The
 * issuer's keys are kept while its server is away: tokens of known keys go on working.
 */
import { hash } from 'node:crypto'
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { LRUCache } from 'lru-cache'
import { tiers } from '../../catalog/model.ts'
import { isStorable } from '../../control-characters.ts'
import { PlumblineError } from '../../errors.ts'
import type { OutageLog } from '../../events/outage-log.ts'
import { keyScopes } from '../../history/api-keys.ts'
import { newCaller, type Caller } from '../caller.ts'
import { unauthenticated } from './credentials.ts'

export interface TokenIssuer {
  issuer: string
  audience: string
  jwksUrl: string
  /** Claim that holds the tier. */
  tierClaim: string
  /** Is told when the issuer's keys cannot be read. */
  outage: OutageLog
}

export interface TokenCallers {
  /** At once, where this very token was checked within a minute. */
  known: (token: string) => Caller | undefined
  /** Throws `unauthenticated`; `identity_unavailable` when the key that it names cannot be read. */
  find: (token: string) => Promise<Caller>
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
  'Ed25519',
]
const clockToleranceSeconds = 5
const believedMs = 60_000

export function createTokenCallers(trusted: TokenIssuer): TokenCallers {
  const { issuer, audience, tierClaim } = trusted
  const keyOf = createIssuerKeys(trusted)
  const believed = new LRUCache<string, { caller: Caller; until: number }>({ max: 10_000 })
  return {
    known(token) {
      const found = believed.get(digestOf(token))
      return found && Date.now() < found.until ? found.caller : undefined
    },
    async find(token) {
      const payload = await verify(token, keyOf, { issuer, audience })
      const caller = callerOf(payload, tierClaim)
      const expiresAt = ((payload.exp ?? 0) + clockToleranceSeconds) * 1000
      believed.set(digestOf(token), { caller, until: Math.min(expiresAt, Date.now() + believedMs) })
      return caller
    },
  }
}

/** No memory dump of this process has a token in it for longer than a request. */
function digestOf(token: string): string {
  return hash('sha256', token, 'base64url')
}

async function verify(
  token: string,
  keyOf: JWTVerifyGetKey,
  expected: { issuer: string; audience: string },
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keyOf, {
      ...expected,
      algorithms,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp', 'sub'],
    })
    return payload
  } catch (error) {
    if (error instanceof PlumblineError) throw error
    throw unauthenticated(whatIsWrong(error))
  }
}

/** Without a word of the token. */
function whatIsWrong(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.'
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The claim ${error.claim} of the token is missing or not as it must be.`
  if (error instanceof errors.JOSEAlgNotAllowed)
    return `The token is not signed with one of ${algorithms.join(', ')}.`
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return 'The signature of the token is wrong.'
  return isOfToken(error) ? 'The token names no key of the issuer (kid).' : 'The token is no JWT.'
}

const fetchWithinMs = 3000
/** A key that we do not know makes us look again, at most so often. */
const lookAgainAfterMs = 1000
/** How long a key is believed that the issuer may have withdrawn. */
const renewAfterMs = 10 * 60_000
const renewAgainAfterMs = 60_000

/** Throws `identity_unavailable`, and jose's errors for a token that names no key. */
function createIssuerKeys({ jwksUrl, outage }: TokenIssuer): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: fetchWithinMs,
    cooldownDuration: lookAgainAfterMs,
    // Old keys are renewed below, and not given up while they cannot be.
    cacheMaxAge: Number.POSITIVE_INFINITY,
  })
  let renewAt = Date.now() + renewAfterMs
  async function renew(): Promise<void> {
    renewAt = Date.now() + renewAgainAfterMs
    try {
      await keys.reload()
      renewAt = Date.now() + renewAfterMs
      outage.recovered()
    } catch (error) {
      outage.failed(asError(error))
    }
  }
  return async (header, token) => {
    if (Date.now() > renewAt) void renew()
    try {
      return await keys(header, token)
    } catch (error) {
      if (isOfToken(error)) throw error
      outage.failed(asError(error))
      throw new PlumblineError('identity_unavailable', 'The keys of the issuer cannot be read.', {
        retryable: true,
        retryAfterMs: 5000,
        cause: error,
        nextStep: 'Try again; API keys work meanwhile.',
      })
    }
  }
}

/** That a token names no key, several, or one of a kind that nobody has, is not the issuer's fault. */
function isOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  )
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

function callerOf(payload: JWTPayload, tierClaim: string): Caller {
  const { scope } = payload
  const words = typeof scope === 'string' ? scope.split(' ') : Array.isArray(scope) ? scope : []
  const scopes = keyScopes.filter((known) => words.includes(known))
  return newCaller(
    'token',
    `token:${nameOf(payload.sub)}`,
    scopes.length > 0 ? scopes : ['read'],
    tiers.find((tier) => tier === payload[tierClaim]) ?? null,
  )
}

function nameOf(sub: unknown): string {
  const text = String(sub)
  return isStorable(text) ? text.slice(0, 200) : 'nobody'
}
