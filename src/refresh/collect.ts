/** What the steps of one collect share. */
import type { RefreshRun } from '../history/runs.ts'
import type { ConfiguredUpstream } from '../upstreams/configured-upstream.ts'
import type { Phases } from './phases.ts'
import type { RefreshContext } from './refresh-context.ts'

export interface Collect {
  context: RefreshContext
  upstream: ConfiguredUpstream
  run: RefreshRun
  /** Drawn before the request is sent: a later answer to an earlier request never wins. */
  fence: number
  phases: Phases
  signal: AbortSignal | undefined
}
