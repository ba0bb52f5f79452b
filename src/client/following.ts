/** What following consists of, whichever way the events come. */
import type { CatalogChange } from './change.ts'
import type { Delivery } from './delivery.ts'
import type { OnError } from './error-reports.ts'
import type { Truth } from './truth.ts'
import type { VersionGap } from './version-order.ts'

export interface FollowOptions {
  /** The version that your copy of the catalog is of: what came after it is delivered first. */
  sinceVersion?: number
  /**
   * When the catalog has changed. Calls never overlap: a promise is awaited before the next one. A
   * change whose call fails is reported and not repeated, so that a bad one cannot block the rest:
   * retry inside, or drop everything.
   */
  onChange: (change: CatalogChange) => void | Promise<void>
  /** When versions were missed that nobody can replay; the reset that follows is what to act on. */
  onGap?: (gap: VersionGap) => void
  /**
   * When `onChange` has failed (`change` is given), and when Redis, PostgreSQL or the API fails:
   * reported once a minute each, retried for ever. Default: a process warning.
   */
  onError?: OnError
  /** Ends the following, as `close` does. */
  signal?: AbortSignal
}

export interface Following {
  delivery: Delivery
  truth: Truth
  /** The normal distance between two times at which it is certain that nothing was missed. */
  certainEveryMs: number
  close: () => Promise<void>
}
