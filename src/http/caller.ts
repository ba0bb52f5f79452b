/** Who asks, and what of the catalog is there for them. */
import type { FastifyRequest } from 'fastify'
import type { Audience as CatalogAudience } from '../catalog/model-filter.ts'
import type { Tier } from '../catalog/model.ts'
import type { KeyScope } from '../history/api-keys.ts'

export interface Caller {
  /** How rate limits, the audit log and logs name it; never a secret. */
  name: string
  kind: 'anonymous' | 'key' | 'token' | 'admin'
  scopes: ReadonlySet<KeyScope>
  tier: Tier
}

const everybodysTier: Tier = 'free'

/** Who shows nothing sees what is for everybody. */
export const anonymous: Caller = {
  name: 'anonymous',
  kind: 'anonymous',
  scopes: new Set(['read']),
  tier: everybodysTier,
}

/** Where reading is closed, who shows nothing may do nothing. */
export const stranger: Caller = { ...anonymous, scopes: new Set() }

export function newCaller(
  kind: Caller['kind'],
  name: string,
  scopes: readonly KeyScope[],
  tier: Tier | null,
): Caller {
  return { kind, name, scopes: new Set(scopes), tier: tier ?? everybodysTier }
}

/** `admin` includes the others. */
export function hasScope({ scopes }: Caller, scope: KeyScope): boolean {
  return scopes.has(scope) || scopes.has('admin')
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller
  }
  interface FastifyContextConfig {
    /** What a caller needs for the route; default `read`. `none`: it is for everybody, without limits. */
    scope?: KeyScope | 'none'
    /**
     * Tools send the key of whom they take us for, and some cannot do without one: where it says so, a
     * key that is none of ours counts as no key. It is never looked at further.
     */
    othersKeys?: 'ignored'
  }
}

/** Admins see everything, also what is disabled; others what their tier has. */
export function audienceOf({ caller }: Pick<FastifyRequest, 'caller'>): CatalogAudience {
  return caller.scopes.has('admin') ? 'all' : caller.tier
}
