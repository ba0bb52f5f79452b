/**
 * The catalog's number. Everything a commit writes carries its commit id, drawn at the start; the
 * version is drawn by the transaction's last statement, so commits are in version order, without gaps,
 * and nobody waits for the row longer than a COMMIT takes.
 */
import { buildChangedData } from '../events/catalog-changed.ts'
import type { ChangedLists } from './commit-refresh.ts'
import { Prisma, type Reader, type Tx } from './database.ts'

export async function drawCommitId(tx: Tx): Promise<number> {
  const [row] = await tx.$queryRaw<{ id: bigint }[]>`SELECT nextval('commit_seq') AS id`
  return Number(row?.id)
}

export interface CommitOrigin {
  commitId: number
  runId: number | undefined
  /** Null for what an operator changed, or a day brought that had been announced. */
  upstream: string | null
  provider: string
}

/**
 * Must be the transaction's last statement. Returns the new version; the row is the outbox entry too.
 * `beside` is written by the same statement: it can read the version `FROM head`.
 */
export async function recordVersion(
  tx: Tx,
  origin: CommitOrigin,
  lists: ChangedLists,
  beside?: Prisma.Sql,
): Promise<number> {
  const { commitId, upstream, provider } = origin
  const runId = origin.runId ?? null
  const data = buildChangedData({ version: 0, upstream, provider, runId, ...lists })
  const [row] = await tx.$queryRaw<{ version: bigint }[]>`
    WITH head AS (UPDATE catalog_head SET version = version + 1 WHERE id = 1 RETURNING version)
      ${beside ? Prisma.sql`, beside AS (${beside})` : Prisma.empty}
    INSERT INTO catalog_versions (version, commit_id, run_id, upstream, provider, data, committed_at)
    SELECT version, ${commitId}, ${runId}, ${upstream}, ${provider},
      jsonb_set(${JSON.stringify(data)}::jsonb, '{version}', to_jsonb(version)), clock_timestamp()
    FROM head RETURNING version`
  return Number(row?.version)
}

export async function readVersion(reader: Reader): Promise<number> {
  const [row] = await reader.$queryRaw<
    { version: bigint }[]
  >`SELECT version FROM catalog_head WHERE id = 1`
  return Number(row?.version ?? 0)
}

export interface CatalogHead {
  version: number
  /** Undefined: nothing was committed yet, or the log does not reach back so far. */
  committedAt: Date | undefined
}

export async function readHead(reader: Reader): Promise<CatalogHead> {
  const [row] = await reader.$queryRaw<{ version: bigint; committedAt: Date | null }[]>`
    SELECT h.version, v.committed_at AS "committedAt"
    FROM catalog_head h LEFT JOIN catalog_versions v ON v.version = h.version WHERE h.id = 1`
  return { version: Number(row?.version ?? 0), committedAt: row?.committedAt ?? undefined }
}
