import type { Db } from '../catalog/database.ts'
import { writeBenchmarks } from '../catalog/write-benchmarks.ts'
import { parsePayload } from '../upstreams/payload.ts'
import type { Page, Upstream } from '../upstreams/upstream.ts'

/** Costs nothing where an upstream knows of none. A payload without any leaves what is stored: it may be held. */
export async function recordBenchmarks(
  db: Db,
  { id, benchmarks }: Upstream,
  pages: readonly Page[],
): Promise<void> {
  if (!benchmarks) return
  const rows = pages.flatMap(({ url, body }) => [
    ...benchmarks({ url, json: parsePayload(body, { upstream: id }), upstream: id }),
  ])
  if (rows.length > 0) await writeBenchmarks(db, id, rows)
}
