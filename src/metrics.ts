/**
 * Every metric that the project exposes, declared in one table. Names end in the unit; labels are
 * bounded sets, and what a payload could make unbounded is capped (metrics-instruments.ts): ids go to
 * the log. Gauges that mirror the database are set by collectors at each scrape.
 */
import { collectDefaultMetrics, Registry } from 'prom-client'
import { createInstruments, type MetricDescription } from './metrics-instruments.ts'
import { singleFlight } from './single-flight.ts'
import { withinLimit } from './within-limit.ts'

/** Label `provider` of what concerns an upstream's whole payload: the collect itself. */
export const allProviders = 'all'

export const syncOutcomes = [
  'applied',
  'unchanged',
  'held',
  'partial',
  'failed',
  'superseded',
  'cancelled',
] as const
export type SyncOutcome = (typeof syncOutcomes)[number]

export const circuitStates = { closed: 0, half_open: 1, open: 2 } as const

function declareMetrics(registry: Registry) {
  const { counter, gauge, histogram, descriptions } = createInstruments(registry)
  const instruments = {
    syncRuns: counter(
      'sync_runs_total',
      ['upstream', 'provider', 'outcome'],
      `Runs that ended, by outcome; provider "${allProviders}" is the collect, any other one its slice.`,
    ),
    syncDuration: histogram(
      'sync_duration_seconds',
      ['upstream', 'phase'],
      [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
      'Time of one phase of a run: fetch, store, parse, diff, apply, announce.',
    ),
    syncLastSuccess: gauge(
      'sync_last_success_timestamp_seconds',
      ['upstream'],
      'When the last collect succeeded, unchanged ones included; 0 = it never did.',
    ),
    syncStaleness: gauge(
      'sync_staleness_seconds',
      ['upstream'],
      'Age of the last success; +Inf = there was none.',
    ),
    syncInterval: gauge(
      'sync_interval_seconds',
      ['upstream'],
      'Time between two collects by the schedule; staleness is judged against it.',
    ),
    syncConsecutiveFailures: gauge(
      'sync_consecutive_failures',
      ['upstream'],
      'Collects that failed since the last success.',
    ),
    models: gauge(
      'models',
      ['provider', 'status'],
      'Models in the catalog by life cycle (active, deprecated, missing, retired).',
    ),
    modelChanges: counter(
      'model_changes_total',
      ['provider', 'kind'],
      'Committed changes of models: added, updated, missing, retired, returned.',
    ),
    priceChanges: counter(
      'price_changes_total',
      ['provider', 'direction'],
      'Committed changes of one price component: up, down, new, gone.',
    ),
    itemsRead: counter(
      'items_read_total',
      ['upstream', 'result'],
      'Entries that were read, by result: valid or rejected.',
    ),
    itemsRejected: counter(
      'items_rejected_total',
      ['upstream', 'reason'],
      'Entries that did not validate, by reason.',
    ),
    holds: gauge('holds', ['provider', 'reason'], 'Open holds: changes that wait for review.'),
    holdOldest: gauge(
      'hold_oldest_timestamp_seconds',
      [],
      'Since when the oldest open hold waits, also while its content changed; 0 = none is open.',
    ),
    upstreamRequests: counter(
      'upstream_requests_total',
      ['upstream', 'code'],
      'Requests to upstreams by HTTP status, or by error code where none came.',
    ),
    upstreamRequestDuration: histogram(
      'upstream_request_duration_seconds',
      ['upstream'],
      [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      'Time from sending a request to the last byte of its answer.',
    ),
    upstreamBytes: counter(
      'upstream_bytes_total',
      ['upstream'],
      'Decoded bytes received from upstreams.',
    ),
    circuitState: gauge(
      'circuit_state',
      ['upstream'],
      '0 = closed, 1 = half open (one request tries), 2 = open (left alone).',
    ),
    queueJobs: gauge('queue_jobs', ['queue', 'state'], 'Jobs in the queue by state.'),
    queueOldestWaiting: gauge(
      'queue_oldest_waiting_seconds',
      ['queue'],
      'Age of the job that waits longest; 0 = none waits.',
    ),
    outboxLag: gauge(
      'outbox_lag_seconds',
      [],
      'Age of the oldest event that is committed and not published; 0 = none.',
    ),
    outboxPending: gauge('outbox_pending', [], 'Events that are committed and not published.'),
    eventsPublished: counter('events_published_total', ['type'], 'Events published, by type.'),
    eventPublishFailures: counter(
      'event_publish_failures_total',
      [],
      'Failed attempts to publish; the outbox tries again.',
    ),
    catalogVersion: gauge(
      'catalog_version',
      [],
      'The version of the catalog, as PostgreSQL has it.',
    ),
    schemaDrift: counter(
      'schema_drift_total',
      ['upstream', 'field'],
      'Fields of a payload that are new, gone, back or of another type; further fields count as "other".',
    ),
    conflicts: gauge(
      'conflicts',
      ['field'],
      'Models on which upstreams disagree, by field; price components by their meter.',
    ),
    cacheRequests: counter(
      'cache_requests_total',
      ['layer', 'result'],
      'Reads of a cache: layer memory or redis, result hit, miss or stale.',
    ),
    formatHeld: gauge(
      'format_held',
      ['format'],
      '1 = the newest rendering of a consumer format is held back and an older one is served.',
    ),
    formatRenderDuration: histogram(
      'format_render_duration_seconds',
      ['format'],
      [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      'Time to render a consumer format in the background, pauses for requests included.',
    ),
    httpRequestDuration: histogram(
      'http_request_duration_seconds',
      ['method', 'route', 'status_code'],
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      'Time to answer a request of the API, by route pattern.',
    ),
    apiRefusals: counter(
      'api_refusals_total',
      ['code'],
      'Requests that were refused for who asked or how often: unauthenticated, forbidden, rate_limited.',
    ),
    eventStreams: gauge('event_streams', [], 'Open event streams of this process.'),
    eventStreamsEnded: counter(
      'event_streams_ended_total',
      ['reason'],
      'Event streams that ended: client (it went away), slow (it did not read), aged (to be opened anew), refused (its key has ended), shutdown.',
    ),
    errors: counter('errors_total', ['code'], 'Errors by code (src/errors.ts); internal is a bug.'),
    redisErrors: counter(
      'redis_errors_total',
      ['connection'],
      'Error events of a Redis connection.',
    ),
    scrapeCollectorUp: gauge(
      'scrape_collector_up',
      ['collector'],
      '1 = its gauges are fresh; 0 = it failed or took too long and they show the last known state.',
    ),
    buildInfo: gauge('build_info', ['version', 'node'], 'Always 1; the labels say what runs.'),
  }
  return { instruments, descriptions }
}

type Instruments = ReturnType<typeof declareMetrics>['instruments']

export interface Metrics extends Instruments {
  /**
   * Adds a function that sets gauges right before a scrape is answered. It gets one second; a dead
   * PostgreSQL or Redis thus costs its gauges and not the answer.
   */
  onScrape: (name: string, collect: Collect) => void
  /** The page of /metrics. Never rejects because of a collector. */
  render: () => Promise<{ contentType: string; body: string }>
  /** Makes the series of known upstreams exist at 0, so that a first failure is an increase. */
  initialise: (upstreamIds: readonly string[]) => void
}

export interface MetricsOptions {
  version?: string
  /** CPU, memory, event loop and garbage collection of the process. */
  processMetrics?: 'on' | 'off'
  scrapeLimitMs?: number
  /** Is told at every scrape; the caller logs it sparingly. */
  onCollectorError?: (collector: string, error: unknown) => void
}

export function createMetrics(options: MetricsOptions = {}): Metrics {
  const { version = 'unknown', processMetrics = 'on' } = options
  const registry = new Registry()
  const { instruments } = declareMetrics(registry)
  if (processMetrics === 'on') collectDefaultMetrics({ register: registry })
  instruments.buildInfo.set({ version, node: process.versions.node }, 1)
  const collectors = new Map<string, Collect>()
  return {
    ...instruments,
    onScrape: (name, collect) => void collectors.set(name, singleFlight(collect)),
    render: async () => {
      const runs = [...collectors].map(([name, collect]) =>
        run(name, collect, instruments, options),
      )
      await Promise.all(runs)
      return { contentType: registry.contentType, body: await registry.metrics() }
    },
    initialise: (upstreamIds) => initialise(instruments, upstreamIds),
  }
}

type Collect = () => Promise<void>

async function run(
  collector: string,
  collect: Collect,
  { scrapeCollectorUp }: Instruments,
  { scrapeLimitMs = 1000, onCollectorError }: MetricsOptions,
): Promise<void> {
  try {
    await withinLimit(scrapeLimitMs, collect)
    scrapeCollectorUp.set({ collector }, 1)
  } catch (error) {
    scrapeCollectorUp.set({ collector }, 0)
    onCollectorError?.(collector, error)
  }
}

function initialise(instruments: Instruments, upstreamIds: readonly string[]): void {
  for (const upstream of upstreamIds) {
    for (const outcome of syncOutcomes)
      instruments.syncRuns.inc({ upstream, provider: allProviders, outcome }, 0)
    instruments.upstreamBytes.inc({ upstream }, 0)
    for (const result of ['valid', 'rejected']) instruments.itemsRead.inc({ upstream, result }, 0)
    instruments.syncConsecutiveFailures.set({ upstream }, 0)
    instruments.circuitState.set({ upstream }, circuitStates.closed)
  }
}

/** The table as documentation. */
export function describeMetrics(): MetricDescription[] {
  return declareMetrics(new Registry()).descriptions
}
