/** The change log as readers see it: what changed from one version to the next, in commit order, without gaps. */
import { parseJson } from '../json.ts'
import { isAccessField } from './access-history.ts'
import { Prisma, type Reader } from './database.ts'
import type { FieldChange } from './flat-record.ts'
import type { ChangeKind } from './model-changes.ts'
import type { Audience } from './model-filter.ts'
import type { Review, Tier } from './model.ts'
import type { ModelKey } from './read-models.ts'
import { tellTo, type CatalogChange, type ChangeOfModel, type ToldKind } from './told-changes.ts'
import { readVersion } from './versions.ts'

/** A place in the log: after this row of this version. */
export interface ChangeCursor {
  version: number
  rowId: number
}

export interface ChangePage {
  changes: CatalogChange[]
  /** Where to go on; undefined = everything up to `version` was told. */
  next: ChangeCursor | undefined
  version: number
}

export interface ChangeFilter {
  /** Absent = all. Others are told what is, or was, theirs to see (access-history.ts). */
  audience?: Audience | undefined
  provider?: string | undefined
  kinds?: readonly ToldKind[] | undefined
}

export interface ChangeQuery extends ChangeFilter {
  /** Models' changes a page, at most; absent = as many as 5,000 rows have. */
  limit?: number | undefined
}

/** Rows that one query reads. A model never has so many fields that these could not hold all its changes. */
const mostRows = 5000
const rowsFor = (limit: number) => Math.min(mostRows, 500 + 5 * limit)

/** What changed after a version (`{version, rowId: 0}` begins after all of it), oldest first. */
export async function readChangesAfter(
  reader: Reader,
  after: ChangeCursor,
  query: ChangeQuery = {},
): Promise<ChangePage> {
  const { limit = mostRows } = query
  // Before the rows: what is committed meanwhile belongs to the next call.
  const version = await readVersion(reader)
  const rows = await reader.$queryRaw<ChangeRow[]>`
    SELECT ${selection} FROM catalog_versions v JOIN model_changes c ON c.commit_id = v.commit_id ${joinModel}
    WHERE v.version BETWEEN ${after.version} AND ${version}
      AND (v.version > ${after.version} OR (${after.rowId}::bigint > 0 AND c.id > ${after.rowId}))
      AND ${conditions(query)}
    ORDER BY v.version, c.id LIMIT ${rowsFor(limit)}`
  const { told, isCut } = wholeGroups(rows, limit)
  const last = told.at(-1)?.at(-1)
  return {
    changes: await tell(reader, told, query),
    next: isCut && last ? cursorOf(last) : undefined,
    version,
  }
}

/** The newest changes of models, oldest first. */
export async function readLatestChanges(reader: Reader, limit: number): Promise<CatalogChange[]> {
  const rows = await reader.$queryRaw<ChangeRow[]>`
    SELECT ${selection} FROM model_changes c JOIN catalog_versions v ON v.commit_id = c.commit_id ${joinModel}
    ORDER BY v.version DESC, c.id DESC LIMIT ${mostRows}`
  return (await tell(reader, groupByModel(rows.reverse()), {})).slice(-limit)
}

export interface ModelHistory {
  changes: CatalogChange[]
  /** Where the older ones begin; undefined = there are none. */
  next: ChangeCursor | undefined
}

/** The newest changes of one model (before a place in the log), newest first. */
export async function readModelHistory(
  reader: Reader,
  { provider, modelId }: ModelKey,
  limit: number,
  before?: ChangeCursor,
): Promise<ModelHistory> {
  const rows = await reader.$queryRaw<ChangeRow[]>`
    SELECT ${selection} FROM model_changes c JOIN catalog_versions v ON v.commit_id = c.commit_id ${joinModel}
    WHERE c.provider = ${provider} AND c.model_id = ${modelId}
      AND (${before?.version ?? null}::bigint IS NULL OR (v.version, c.id) < (${before?.version ?? null}::bigint, ${before?.rowId ?? null}::bigint))
    ORDER BY v.version DESC, c.id DESC LIMIT ${rowsFor(limit)}`
  const { told, isCut } = wholeGroups(rows, limit)
  const oldest = told.at(-1)?.at(-1)
  const groups = told.map((group) => group.toReversed())
  return {
    changes: await tell(reader, groups, {}),
    next: isCut && oldest ? cursorOf(oldest) : undefined,
  }
}

const selection = Prisma.sql`v.version, v.committed_at AS "committedAt", v.upstream, v.run_id AS "runId",
  c.id, c.provider, c.model_id AS "modelId", c.kind, c.field, c."from"::text AS "from", c."to"::text AS "to",
  m.review, m.tiers`
/** Row by row (OFFSET 0): joined at large, PostgreSQL sorts the whole log before it takes a page of it. */
const joinModel = Prisma.sql`JOIN LATERAL (
  SELECT m.review, m.tiers FROM models m WHERE m.provider = c.provider AND m.model_id = c.model_id OFFSET 0) m ON TRUE`

interface ChangeRow extends ModelKey {
  version: bigint
  committedAt: Date
  upstream: string | null
  runId: bigint | null
  id: bigint
  kind: ChangeKind
  field: string | null
  from: string | null
  to: string | null
  review: Review
  tiers: Tier[]
}

/** A change of access may be an addition to some readers: which one is known only when it is told. */
function conditions({ provider, kinds, audience = 'all' }: ChangeFilter): Prisma.Sql {
  const ofAccess = Prisma.sql`(c.field IN ('review', 'tiers') AND ${audience !== 'all'})`
  const stated = [
    // A version of no single provider may have changes of any.
    provider !== undefined &&
      Prisma.sql`(v.provider = ${provider} OR v.provider IS NULL) AND c.provider = ${provider}`,
    kinds && Prisma.sql`(c.kind = ANY(${[...kinds]}) OR ${ofAccess})`,
  ].filter((condition) => typeof condition === 'object')
  return stated.length === 0 ? Prisma.sql`TRUE` : Prisma.join(stated, ' AND ')
}

/** The page's end may cut a model's changes in two: the next page then begins with that model. */
function wholeGroups(
  rows: readonly ChangeRow[],
  limit: number,
): { told: ChangeRow[][]; isCut: boolean } {
  const groups = groupByModel(rows)
  const isFull = rows.length === rowsFor(limit)
  const whole = isFull && groups.length > 1 ? groups.slice(0, -1) : groups
  return { told: whole.slice(0, limit), isCut: isFull || whole.length > limit }
}

function cursorOf({ version, id }: ChangeRow): ChangeCursor {
  return { version: Number(version), rowId: Number(id) }
}

/** A commit writes a model's fields one after the other. */
function groupByModel(rows: readonly ChangeRow[]): ChangeRow[][] {
  const groups: ChangeRow[][] = []
  for (const row of rows) {
    const group = groups.at(-1)
    if (group?.[0] && isSameChange(group[0], row)) group.push(row)
    else groups.push([row])
  }
  return groups
}

function isSameChange(a: ChangeRow, b: ChangeRow): boolean {
  return (
    a.version === b.version &&
    a.provider === b.provider &&
    a.modelId === b.modelId &&
    a.kind === b.kind
  )
}

async function tell(
  reader: Reader,
  groups: readonly ChangeRow[][],
  { audience = 'all', kinds }: ChangeFilter,
): Promise<CatalogChange[]> {
  const changes = groups.flatMap(toChange)
  if (audience === 'all') return changes.map(({ change }) => change)
  const told = await tellTo(reader, audience, changes)
  return kinds ? told.filter(({ kind }) => kinds.includes(kind)) : told
}

function toChange(rows: readonly ChangeRow[]): ChangeOfModel[] {
  const [first] = rows
  if (!first) return []
  const { provider, modelId, committedAt, upstream, kind, review, tiers } = first
  const change = {
    provider,
    modelId,
    version: Number(first.version),
    committedAt,
    upstream,
    runId: first.runId === null ? null : Number(first.runId),
    kind,
    changes: rows.flatMap(toFieldChange),
  }
  const movesAccess = rows.some(({ field }) => field !== null && isAccessField(field))
  return [{ change, now: { review, tiers }, movesAccess }]
}

function toFieldChange({ field, from, to }: ChangeRow): FieldChange[] {
  if (field === null) return []
  return [
    {
      field,
      from: from === null ? undefined : parseJson(from),
      to: to === null ? undefined : parseJson(to),
    },
  ]
}
