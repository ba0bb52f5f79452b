/** What a refresh tells Prometheus. Labels are bounded: upstream, provider, outcome, kind, reason. */
import type { ModelChange } from '../catalog/model-changes.ts'
import { isPriceField } from '../catalog/flat-record.ts'
import type { PlumblineError } from '../errors.ts'
import type { Outcome, RefreshRun } from '../history/runs.ts'
import { allProviders, type Metrics } from '../metrics.ts'
import type { Phases } from './phases.ts'
import type { RefreshContext } from './refresh-context.ts'
import type { ReadSnapshot } from './slice-collector.ts'

export function recordSliceEnd(
  metrics: Metrics,
  { upstream, provider }: { upstream: string; provider: string },
  outcome: Outcome,
  changes: readonly ModelChange[],
): void {
  metrics.syncRuns.inc({ upstream, provider, outcome })
  for (const { kind, changes: fields } of changes) {
    metrics.modelChanges.inc({ provider, kind })
    for (const change of fields.filter(({ field }) => isPriceField(field)))
      metrics.priceChanges.inc({ provider, direction: priceDirection(change) })
  }
}

function priceDirection({
  from,
  to,
}: ModelChange['changes'][number]): 'up' | 'down' | 'new' | 'gone' {
  if (from === undefined) return 'new'
  if (to === undefined) return 'gone'
  return Number(to) > Number(from) ? 'up' : 'down'
}

/** One counter and one line of the log for every collect that ends, whatever way it ends. */
export function recordCollectEnd(
  { metrics, log }: Pick<RefreshContext, 'metrics' | 'log'>,
  run: Pick<RefreshRun, 'id' | 'upstream' | 'added' | 'updated' | 'removed' | 'missing' | 'held'>,
  outcome: Outcome,
  error?: PlumblineError,
): void {
  const { id, upstream, added, updated, removed, missing, held } = run
  metrics.syncRuns.inc({ upstream, provider: allProviders, outcome })
  const line = { runId: id, upstream, outcome, added, updated, removed, missing, held }
  if (error) log.warn({ ...line, code: error.code, reason: error.message }, 'refresh ended')
  else log.info(line, 'refresh ended')
}

export function recordPhases(metrics: Metrics, upstream: string, phases: Phases): void {
  for (const [phase, seconds] of phases.entries())
    metrics.syncDuration.observe({ upstream, phase }, seconds)
}

export function recordEntries(
  metrics: Metrics,
  upstream: string,
  { entries, rejects }: Pick<ReadSnapshot, 'entries' | 'rejects'>,
): void {
  // Rejected facts of a provider are rejects, too, and no entries.
  metrics.itemsRead.inc({ upstream, result: 'valid' }, Math.max(0, entries - rejects.length))
  metrics.itemsRead.inc({ upstream, result: 'rejected' }, rejects.length)
  for (const { reason } of rejects) metrics.itemsRejected.inc({ upstream, reason })
}
