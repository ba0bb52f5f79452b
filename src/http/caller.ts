/** Who asks, and what of the catalog is there for them. */
import type { FastifyRequest } from 'fastify'
import type { Audience as CatalogAudience } from '../catalog/model-filter.ts'
import type { Tier } from '../catalog/model.ts'

export type Scope = 'read' | 'refresh' | 'admin'

export interface Caller {
  /** How rate limits, the audit log and logs name it; never a secret. */
  name: string
  scopes: ReadonlySet<Scope>
  tier: Tier
}

/** Who shows nothing sees what is for everybody. */
export const anonymous: Caller = { name: 'anonymous', scopes: new Set(['read']), tier: 'free' }

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller
  }
}

/** Admins see everything, also what is disabled; others what their tier has. */
export function audienceOf({ caller }: FastifyRequest): CatalogAudience {
  return caller.scopes.has('admin') ? 'all' : caller.tier
}
