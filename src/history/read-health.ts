/** The upstreams that stand behind providers and models, for their health. */
import { Prisma, type Reader } from '../catalog/database.ts'
import type { ModelKey } from '../catalog/read-models.ts'
import type { Source } from './health.ts'

type Row = {
  [Name in keyof Source]: Source[Name] extends number ? bigint | number : Source[Name]
} & {
  provider: string
}

const sourceColumns = Prisma.sql`u.schedule, u.last_success_at AS "lastSuccessAt",
  u.consecutive_failures AS "consecutiveFailures", u.circuit_state AS "circuitState",
  u.request_count AS "requestCount", u.failure_count AS "failureCount", u.latency_ms_total AS "latencyMsTotal"`

/** By provider: the upstreams that list models of it. Disabled ones say nothing any more. */
export async function readSourcesOfProviders(reader: Reader): Promise<Map<string, Source[]>> {
  const rows = await reader.$queryRaw<Row[]>`
    SELECT s.provider, ${sourceColumns} FROM provider_slices s JOIN upstreams u ON u.id = s.upstream
    WHERE s.listing_count > 0 AND u.enabled`
  return Map.groupBy(rows.map(toSource), ({ provider }) => provider)
}

/** The upstreams that list the model now; a runtime that has unloaded it is none of them. */
export async function readSourcesOfModel(
  reader: Reader,
  { provider, modelId }: ModelKey,
): Promise<Source[]> {
  const rows = await reader.$queryRaw<Row[]>`
    SELECT l.provider, ${sourceColumns} FROM listings l JOIN upstreams u ON u.id = l.upstream
    WHERE l.provider = ${provider} AND l.model_id = ${modelId} AND l.state = 'present' AND u.enabled`
  return rows.map(toSource)
}

function toSource(row: Row): Source & { provider: string } {
  return {
    ...row,
    consecutiveFailures: Number(row.consecutiveFailures),
    requestCount: Number(row.requestCount),
    failureCount: Number(row.failureCount),
    latencyMsTotal: Number(row.latencyMsTotal),
  }
}
