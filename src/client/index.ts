/**
 * What other services import: `import { followCatalog } from 'plumbline/client'`. Over HTTP it needs
 * nothing but Node; over Redis `ioredis`, and `pg` where PostgreSQL is given. follow-catalog.ts says how
 * it behaves.
 */
export { followCatalog } from './follow-catalog.ts'
export type { CatalogFollower, FollowCatalogOptions } from './follow-catalog.ts'
export type { FollowHttpOptions } from './follow-http.ts'
export type { FollowRedisOptions } from './follow-redis.ts'
export type { CatalogChange, CatalogChanged, CatalogReset, UpdatedModel } from './change.ts'
export type { VersionGap } from './version-order.ts'
