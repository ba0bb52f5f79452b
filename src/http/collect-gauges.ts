/**
 * What each scrape reads, in every process alike: whoever sums these gauges over processes counts them
 * twice, so alerts and dashboards take `max`. A collector that fails leaves the last known values
 * (plumbline_scrape_collector_up says so).
 */
import type { Reader } from '../catalog/database.ts'
import { readVersion } from '../catalog/versions.ts'
import {
  countConflicts,
  countModels,
  countOpenHolds,
  readFreshness,
  type UpstreamFreshness,
} from '../history/gauges.ts'
import { readPendingEvents } from '../history/outbox-rows.ts'
import { circuitStates, type Metrics } from '../metrics.ts'
import type { GaugeOf } from '../metrics-instruments.ts'
import { readQueueDepths } from '../queue/depths.ts'
import type { Queues } from '../queue/queues.ts'
import { intervalMs } from '../schedule.ts'

export interface GaugeContext {
  metrics: Metrics
  db: Reader
  /** Opened when it is used first, so it is read at the scrape and not before. */
  readonly queues: Pick<Queues, 'queue'>
}

export function registerCollectors(context: GaugeContext): void {
  const { metrics, db } = context
  metrics.onScrape('upstreams', async () => setFreshness(metrics, await readFreshness(db)))
  metrics.onScrape('models', () => collectModels(context))
  metrics.onScrape('holds', () => collectHolds(context))
  metrics.onScrape('outbox', () => collectOutbox(context))
  metrics.onScrape('conflicts', async () => {
    const conflicts = await countConflicts(db)
    metrics.conflicts.replace(conflicts.map(({ field, models }) => row({ field }, models)))
  })
  metrics.onScrape('catalog', async () => metrics.catalogVersion.set({}, await readVersion(db)))
  metrics.onScrape('queues', () => collectQueues(context))
}

function setFreshness(metrics: Metrics, upstreams: readonly UpstreamFreshness[]): void {
  const now = new Date()
  const replace = (gauge: GaugeOf<'upstream'>, value: (one: UpstreamFreshness) => number) =>
    gauge.replace(upstreams.map((one) => row({ upstream: one.id }, value(one))))
  replace(metrics.syncLastSuccess, ({ lastSuccessAt }) => (lastSuccessAt?.getTime() ?? 0) / 1000)
  replace(metrics.syncStaleness, ({ ageSeconds }) => Math.max(0, ageSeconds))
  replace(metrics.syncInterval, ({ schedule }) => intervalMs(schedule, now) / 1000)
  replace(metrics.syncConsecutiveFailures, ({ consecutiveFailures }) => consecutiveFailures)
  replace(metrics.circuitState, ({ circuitState }) => circuitStates[circuitState])
}

async function collectModels({ metrics, db }: GaugeContext): Promise<void> {
  const rows = (await countModels(db)).flatMap(({ provider, ...counts }) =>
    Object.entries(counts).map(([status, count]) => row({ provider, status }, count)),
  )
  metrics.models.replace(rows)
}

async function collectHolds({ metrics, db }: GaugeContext): Promise<void> {
  const holds = await countOpenHolds(db)
  metrics.holds.replace(
    holds.map(({ provider, reason, count }) => row({ provider, reason }, count)),
  )
  const oldestMs = Math.min(...holds.map(({ oldestAt }) => oldestAt.getTime()))
  metrics.holdOldest.set({}, holds.length > 0 ? oldestMs / 1000 : 0)
}

async function collectOutbox({ metrics, db }: GaugeContext): Promise<void> {
  const { count, oldestAgeSeconds } = await readPendingEvents(db)
  metrics.outboxPending.set({}, count)
  metrics.outboxLag.set({}, oldestAgeSeconds)
}

async function collectQueues(context: GaugeContext): Promise<void> {
  const { metrics } = context
  const depths = await readQueueDepths(context.queues)
  metrics.queueJobs.replace(
    depths.flatMap(({ queue, jobs }) =>
      Object.entries(jobs).map(([state, count]) => row({ queue, state }, count)),
    ),
  )
  metrics.queueOldestWaiting.replace(
    depths.map(({ queue, oldestWaitingSeconds }) => row({ queue }, oldestWaitingSeconds)),
  )
}

function row<Labels>(labels: Labels, value: number): { labels: Labels; value: number } {
  return { labels, value }
}
