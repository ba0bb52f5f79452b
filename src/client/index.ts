/**
 * What other services import: `import { followCatalog } from 'plumbline/client'`. It needs nothing
 * but Redis (and PostgreSQL, when it is given): follow-catalog.ts says how it behaves.
 */
export { followCatalog } from './follow-catalog.ts'
export type { CatalogFollower, FollowCatalogOptions } from './follow-catalog.ts'
export type { CatalogChange, CatalogChanged, CatalogReset } from './change.ts'
export type { VersionGap } from './version-order.ts'
