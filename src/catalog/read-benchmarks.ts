/** What models scored, by whom it was measured. */
import type { Reader } from './database.ts'
import type { ModelKey } from './read-models.ts'

export interface Benchmark {
  benchmark: string
  /** Decimal text. */
  score: string
  unit: string | null
  rank: number | null
  /** Who states it. */
  upstream: string
  source: string | null
  measuredAt: string | null
  updatedAt: Date
}

/** By name, then by upstream. */
export async function readBenchmarks(
  reader: Reader,
  { provider, modelId }: ModelKey,
): Promise<Benchmark[]> {
  return reader.$queryRaw<Benchmark[]>`
    SELECT benchmark, score::text AS score, unit, rank, upstream, source, measured_at AS "measuredAt",
      updated_at AS "updatedAt"
    FROM model_benchmarks WHERE provider = ${provider} AND model_id = ${modelId}
    ORDER BY benchmark, upstream`
}
