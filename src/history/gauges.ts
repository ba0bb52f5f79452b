/**
 * The state of the catalog as numbers, for gauges and readiness. Each function is one cheap statement:
 * they run at every scrape, in every process.
 */
import type { Reader } from '../catalog/database.ts'
import type { UpstreamState } from './upstream-state.ts'

export interface UpstreamFreshness extends Pick<
  UpstreamState,
  'id' | 'schedule' | 'consecutiveFailures' | 'circuitState' | 'lastSuccessAt'
> {
  /** By PostgreSQL's clock; Infinity = it never succeeded. */
  ageSeconds: number
}

/** Of the upstreams that are polled. */
export async function readFreshness(reader: Reader): Promise<UpstreamFreshness[]> {
  return reader.$queryRaw`
    SELECT id, schedule, consecutive_failures AS "consecutiveFailures", circuit_state AS "circuitState",
      last_success_at AS "lastSuccessAt",
      coalesce(extract(epoch FROM clock_timestamp() - last_success_at), 'Infinity')::float8 AS "ageSeconds"
    FROM upstreams WHERE enabled ORDER BY id`
}

export interface ModelCount {
  provider: string
  active: number
  deprecated: number
  missing: number
  retired: number
}

/** Every provider that ever had a model: zero is stated, since a series that is absent cannot alert. */
export async function countModels(reader: Reader): Promise<ModelCount[]> {
  return reader.$queryRaw`
    SELECT provider,
      count(*) FILTER (WHERE lifecycle = 'active')::int AS active,
      count(*) FILTER (WHERE lifecycle = 'deprecated')::int AS deprecated,
      count(*) FILTER (WHERE lifecycle = 'missing')::int AS missing,
      count(*) FILTER (WHERE lifecycle = 'retired')::int AS retired
    FROM models GROUP BY provider ORDER BY provider`
}

export interface OpenHolds {
  provider: string
  reason: string
  count: number
  oldestAt: Date
}

export async function countOpenHolds(reader: Reader): Promise<OpenHolds[]> {
  return reader.$queryRaw`
    SELECT provider, reason, count(*)::int AS count, min(held_since) AS "oldestAt"
    FROM holds WHERE status = 'open' GROUP BY provider, reason ORDER BY provider, reason`
}

export interface ConflictCount {
  /** A field's name, or `price.<meter>`: a meter's tiers and modes are not told apart. */
  field: string
  models: number
}

export async function countConflicts(reader: Reader): Promise<ConflictCount[]> {
  return reader.$queryRaw`
    SELECT split_part(conflict, ';', 1) AS field, count(DISTINCT (provider, model_id))::int AS models
    FROM models, unnest(conflicts) AS conflict
    WHERE lifecycle <> 'retired' AND conflicts <> '{}' GROUP BY 1 ORDER BY 1`
}
