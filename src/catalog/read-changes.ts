/** The change log as readers see it: what changed from one version to the next, in commit order, without gaps. */
import { parseJson } from '../json.ts'
import { Prisma, type Reader } from './database.ts'
import type { FieldChange } from './flat-record.ts'
import type { ChangeKind } from './model-changes.ts'
import type { ModelKey } from './read-models.ts'
import { readVersion } from './versions.ts'

/** What one commit did to one model. */
export interface CatalogChange extends ModelKey {
  version: number
  committedAt: Date
  /** Null: an operator did it. */
  upstream: string | null
  runId: number | null
  kind: ChangeKind
  /** Empty for a model that was added. */
  changes: FieldChange[]
}

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

/** A model never has so many fields that one page could not hold all its changes. */
const rowsPerPage = 5000

/** What changed after a version (`{version, rowId: 0}` begins after all of it), oldest first. */
export async function readChangesAfter(reader: Reader, after: ChangeCursor): Promise<ChangePage> {
  // Before the rows: what is committed meanwhile belongs to the next call.
  const version = await readVersion(reader)
  const rows = await reader.$queryRaw<ChangeRow[]>`
    SELECT ${selection} FROM catalog_versions v JOIN model_changes c ON c.commit_id = v.commit_id
    WHERE v.version BETWEEN ${after.version} AND ${version}
      AND (v.version > ${after.version} OR (${after.rowId}::bigint > 0 AND c.id > ${after.rowId}))
    ORDER BY v.version, c.id LIMIT ${rowsPerPage}`
  const groups = groupByModel(rows)
  // The page's end may cut a model's changes in two: the next page then begins with that model.
  const isFull = rows.length === rowsPerPage
  const told = isFull && groups.length > 1 ? groups.slice(0, -1) : groups
  const last = told.at(-1)?.at(-1)
  return {
    changes: told.flatMap(toChange),
    next: isFull && last ? { version: Number(last.version), rowId: Number(last.id) } : undefined,
    version,
  }
}

/** The newest changes of models, oldest first. */
export async function readLatestChanges(reader: Reader, limit: number): Promise<CatalogChange[]> {
  const rows = await reader.$queryRaw<ChangeRow[]>`
    SELECT ${selection} FROM model_changes c JOIN catalog_versions v ON v.commit_id = c.commit_id
    ORDER BY v.version DESC, c.id DESC LIMIT ${rowsPerPage}`
  return groupByModel(rows.reverse()).flatMap(toChange).slice(-limit)
}

/** The newest changes of one model, newest first. */
export async function readModelHistory(
  reader: Reader,
  { provider, modelId }: ModelKey,
  limit: number,
): Promise<CatalogChange[]> {
  const rows = await reader.$queryRaw<ChangeRow[]>`
    SELECT ${selection} FROM model_changes c JOIN catalog_versions v ON v.commit_id = c.commit_id
    WHERE c.provider = ${provider} AND c.model_id = ${modelId}
    ORDER BY v.version DESC, c.id DESC LIMIT ${rowsPerPage}`
  return groupByModel(rows.reverse()).flatMap(toChange).reverse().slice(0, limit)
}

const selection = Prisma.sql`v.version, v.committed_at AS "committedAt", v.upstream, v.run_id AS "runId",
  c.id, c.provider, c.model_id AS "modelId", c.kind, c.field, c."from"::text AS "from", c."to"::text AS "to"`

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

function toChange(rows: readonly ChangeRow[]): CatalogChange[] {
  const [first] = rows
  if (!first) return []
  const { provider, modelId, committedAt, upstream, kind } = first
  return [
    {
      provider,
      modelId,
      version: Number(first.version),
      committedAt,
      upstream,
      runId: first.runId === null ? null : Number(first.runId),
      kind,
      changes: rows.flatMap(toFieldChange),
    },
  ]
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
