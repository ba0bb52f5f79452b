/**
 * What other services import: `import { followCatalog, mirrorCatalog } from 'plumbline/client'`. Over HTTP it needs
 * nothing but Node; over Redis `ioredis`, and `pg` where PostgreSQL is given. follow-catalog.ts says how
 * it behaves.
 */
export { followCatalog } from './follow-catalog.ts'
export type { CatalogFollower, FollowCatalogOptions } from './follow-catalog.ts'
export type { FollowHttpOptions } from './follow-http.ts'
export type { FollowRedisOptions } from './follow-redis.ts'
export type { CatalogChange, CatalogChanged, CatalogReset, UpdatedModel } from './change.ts'
export { mirrorCatalog } from './mirror-catalog.ts'
export type { CatalogMirror, MirrorCatalogOptions } from './mirror-catalog.ts'
export type { MirrorUpdate } from './mirror-state.ts'
export type { CatalogModel, ModelPrices, PriceComponent } from './models.ts'
export { ApiError } from './api.ts'
export type { VersionGap } from './version-order.ts'
