/** The slice of the context that refreshing needs. */
import type { MergePolicy } from '../catalog/commit-refresh.ts'
import type { Db } from '../catalog/database.ts'
import type { CircuitPolicy } from '../history/upstream-state.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { ConfiguredUpstream } from '../upstreams/configured-upstream.ts'
import type { Fetcher } from '../upstreams/fetch.ts'
import type { ReadMemo } from './slice-collector.ts'

export interface RefreshContext {
  db: Db
  log: Logger
  metrics: Metrics
  fetcher: Fetcher
  upstreams: ReadonlyMap<string, ConfiguredUpstream>
  policy: MergePolicy
  circuit: CircuitPolicy
  /** By upstream: what the entries of its last snapshot were read as, in this process. */
  memos: Map<string, ReadMemo>
  /** Tests set the time at which snapshots are fetched; otherwise PostgreSQL's clock says it. */
  clock?: () => Date
  /** Tells the outbox relay that there is something; does not wait for it. */
  announce: () => void
}
