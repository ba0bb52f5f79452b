/** The upstreams that stand behind providers and models, for their health. */
import { Prisma, readDatabaseClock, type Reader } from '../catalog/database.ts'
import type { ModelKey } from '../catalog/read-models.ts'
import { healthOf, type Health, type Source } from './health.ts'
import { isStale } from './upstream-overview.ts'
import type { UpstreamState } from './upstream-state.ts'

type Row = Omit<Source, 'isLate'> & { provider: string } & Pick<UpstreamState, 'schedule'>

const sourceColumns = Prisma.sql`u.id, u.schedule, u.runtime, u.last_success_at AS "lastSuccessAt",
  u.consecutive_failures AS "consecutiveFailures", u.circuit_state AS "circuitState",
  u.request_count::float8 AS "requestCount", u.failure_count::float8 AS "failureCount",
  u.latency_ms_total::float8 AS "latencyMsTotal"`

/** Of one provider, or of all: from the upstreams that list models of it. Disabled ones say nothing any more. */
export async function readProviderHealth(
  reader: Reader,
  provider?: string,
): Promise<(provider: string) => Health> {
  const query = reader.$queryRaw<Row[]>`
    SELECT s.provider, TRUE AS lists, ${sourceColumns} FROM provider_slices s JOIN upstreams u ON u.id = s.upstream
    WHERE (s.listing_count > 0 OR u.runtime) AND u.enabled
      ${provider === undefined ? Prisma.empty : Prisma.sql`AND s.provider = ${provider}`}`
  const [rows, now] = await Promise.all([query, readDatabaseClock(reader)])
  const byProvider = Map.groupBy(toSources(rows, now), (source) => source.provider)
  return (id) => healthOf(byProvider.get(id) ?? [], now)
}

/**
 * A listing that an upstream leaves out is kept as present where its list proves no absence; the hashes
 * of the slice that was applied last know it: an id that is not settled is there without a hash
 * (catalog/slices.ts). Neither is one whose value is held, which is listed all the same.
 */
export async function readModelHealth(
  reader: Reader,
  { provider, modelId }: ModelKey,
): Promise<Health> {
  const query = reader.$queryRaw<Row[]>`
    SELECT l.provider, ${sourceColumns},
      l.state = 'present' AND (s.hashes IS NULL OR strpos(s.hashes, to_json(l.model_id)::text || ': ""') = 0 OR EXISTS (
        SELECT 1 FROM holds h WHERE h.upstream = l.upstream AND h.provider = l.provider AND h.model_id = l.model_id
          AND h.status = 'open')) AS lists
    FROM listings l JOIN upstreams u ON u.id = l.upstream
    LEFT JOIN provider_slices s ON s.upstream = l.upstream AND s.provider = l.provider
    WHERE l.provider = ${provider} AND l.model_id = ${modelId} AND u.enabled`
  const [rows, now] = await Promise.all([query, readDatabaseClock(reader)])
  return healthOf(toSources(rows, now), now)
}

/** What a schedule means for the time is worked out once for each upstream, not for each of its providers. */
function toSources(rows: readonly Row[], now: Date): (Source & { provider: string })[] {
  const isLateById = new Map<string, boolean>()
  return rows.map((row) => {
    const isLate = isLateById.get(row.id) ?? isStale(row, now)
    isLateById.set(row.id, isLate)
    return { ...row, isLate }
  })
}
