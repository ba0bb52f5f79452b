/**
 * The scores that an upstream states, as a whole. They are beside the catalog: no version, no change
 * log, no hash of a model knows of them, since they move daily and no reader's price depends on them.
 */
import { columnList, recordset, type Db } from './database.ts'

export interface BenchmarkRow {
  provider: string
  modelId: string
  benchmark: string
  /** Decimal text. */
  score: string
  unit: string
  rank: number | null
}

const columns = {
  provider: 'text',
  model_id: 'text',
  benchmark: 'text',
  score: 'numeric',
  unit: 'text',
  rank: 'integer',
} as const

/** What the upstream states no more goes; a row that is the same is not rewritten. */
export async function writeBenchmarks(
  db: Pick<Db, '$executeRaw'>,
  upstream: string,
  rows: readonly BenchmarkRow[],
): Promise<void> {
  const stated = recordset(
    rows.map(({ modelId, ...row }) => ({ ...row, model_id: modelId })),
    columns,
  )
  await db.$executeRaw`
    WITH stated AS (SELECT DISTINCT ON (provider, model_id, benchmark) * FROM ${stated}),
    gone AS (
      DELETE FROM model_benchmarks b WHERE b.upstream = ${upstream} AND NOT EXISTS (
        SELECT 1 FROM stated s
        WHERE (s.provider, s.model_id, s.benchmark) = (b.provider, b.model_id, b.benchmark))
    )
    INSERT INTO model_benchmarks (${columnList(columns)}, upstream, updated_at)
    SELECT ${columnList(columns)}, ${upstream}, now() FROM stated
    ON CONFLICT (provider, model_id, benchmark, upstream) DO UPDATE
      SET score = EXCLUDED.score, unit = EXCLUDED.unit, rank = EXCLUDED.rank, updated_at = EXCLUDED.updated_at
      WHERE (model_benchmarks.score, model_benchmarks.unit, model_benchmarks.rank)
        IS DISTINCT FROM (EXCLUDED.score, EXCLUDED.unit, EXCLUDED.rank)`
}
