/** The slice of the context that the doors over HTTP need. */
import type { Db } from '../catalog/database.ts'
import type { ReadPool } from '../catalog/read-pool.ts'
import type { Config } from '../config.ts'
import type { PublishedFormats } from './publishing/published-formats.ts'
import type { AnswerCache } from './cache/answer-cache.ts'
import type { CatalogWatch } from './catalog-watch.ts'
import type { GaugeContext } from './collect-gauges.ts'
import type { ReadinessContext } from './readiness.ts'
import type { HttpRedis } from './redis.ts'
import type { Totals } from './totals.ts'

export interface HttpContext extends GaugeContext, ReadinessContext {
  db: Db
  /** For everything that is only read. */
  readonly reads: ReadPool
  /** Opened when it is used first, as are the answers that depend on it. */
  readonly watch: CatalogWatch
  readonly answers: AnswerCache
  /** For the cache and the limits of requests. */
  readonly httpRedis: HttpRedis
  config: ReadinessContext['config'] & HttpConfig
  totals: Totals
  readonly formats: PublishedFormats
}

export type HttpConfig = Pick<
  Config,
  | 'adminApiKey'
  | 'apiAuthFailureLimit'
  | 'apiKeyRateLimit'
  | 'apiMaxStreams'
  | 'apiPublicRead'
  | 'apiRateLimit'
  | 'jwtAudience'
  | 'jwtIssuer'
  | 'jwtJwksUrl'
  | 'jwtTierClaim'
  | 'publicUrl'
  | 'redisPrefix'
  | 'trustProxy'
>
