/** The log of versions, as it is replayed to those who follow the catalog: events, and who may see what of them. */
import { catalogChanged, type VersionRow } from '../events/catalog-changed.ts'
import type { CatalogChangedEvent } from '../events/events.ts'
import {
  accessAt,
  isAccessField,
  modelKeys,
  readAccessMoves,
  type Access,
  type AccessAt,
} from './access-history.ts'
import type { Reader } from './database.ts'
import { modelKey, parseModelKey } from './model.ts'
import type { ModelKey } from './read-models.ts'

export interface LoggedVersion {
  version: number
  event: CatalogChangedEvent
  /** By id, models that it names and that are not open to everybody now, or that it opened or closed. */
  access: ReadonlyMap<string, AccessAt>
}

export interface VersionPage {
  /** The newest version there is. */
  head: number
  /** Ascending. The first one is not the next one where versions in between are kept nowhere. */
  versions: LoggedVersion[]
  /** Nothing follows. */
  isLast: boolean
}

/** An event names up to 500 models: a page stays within a few megabytes. */
const versionsPerPage = 50

/** What follows a version. To be read in one snapshot: rows and access are of one state. */
export async function readVersionsAfter(reader: Reader, after: number): Promise<VersionPage> {
  const rows = await reader.$queryRaw<LogRow[]>`
    SELECT h.version AS head, v.version, v.upstream, v.provider, v.run_id AS "runId", v.data,
      v.committed_at AS "committedAt"
    FROM catalog_head h LEFT JOIN LATERAL (
      SELECT * FROM catalog_versions WHERE version > ${after} AND version <= h.version
      ORDER BY version LIMIT ${versionsPerPage}) v ON TRUE
    WHERE h.id = 1 ORDER BY v.version`
  const head = Number(rows[0]?.head ?? 0)
  const events = rows.flatMap(toEvent)
  const accessOf = await readAccess(reader, events)
  return {
    head,
    versions: events.map((event) => ({ version: event.data.version, event, ...accessOf(event) })),
    isLast: (events.at(-1)?.data.version ?? head) === head,
  }
}

interface LogRow {
  head: bigint
  /** Null: there is no row after the version. */
  version: bigint | null
  upstream: string | null
  provider: string | null
  runId: bigint | null
  data: unknown
  committedAt: Date
}

function toEvent({ version, runId, ...row }: LogRow): CatalogChangedEvent[] {
  if (version === null) return []
  const logged: VersionRow = {
    ...row,
    version: Number(version),
    runId: runId === null ? null : Number(runId),
  }
  return [catalogChanged(logged)]
}

/** Most models are open to everybody and stay so: two small queries a page find those that are not. */
async function readAccess(reader: Reader, events: readonly CatalogChangedEvent[]) {
  const moved = new Set(events.flatMap(movedIds))
  const restricted = await readRestricted(reader, keysOf(events.flatMap(namedIds)), moved)
  const moves = await readAccessMoves(reader, keysOf([...moved]))
  return (event: CatalogChangedEvent): Pick<LoggedVersion, 'access'> => ({
    access: new Map(
      namedIds(event).flatMap((id): [string, AccessAt][] => {
        const now = restricted.get(id)
        return now ? [[id, accessAt(now, moves.get(id) ?? [], event.data.version)]] : []
      }),
    ),
  })
}

function namedIds({ data: { added, updated, removed } }: CatalogChangedEvent): string[] {
  return [...added, ...updated.map(({ id }) => id), ...removed]
}

function movedIds({ data: { updated } }: CatalogChangedEvent): string[] {
  return updated.filter(({ fields }) => fields.some(isAccessField)).map(({ id }) => id)
}

function keysOf(ids: readonly string[]): ModelKey[] {
  return [...new Set(ids)].flatMap((id) => parseModelKey(id) ?? [])
}

async function readRestricted(
  reader: Reader,
  keys: readonly ModelKey[],
  moved: ReadonlySet<string>,
): Promise<Map<string, Access>> {
  if (keys.length === 0) return new Map()
  const always = keysOf([...moved])
  const rows = await reader.$queryRaw<(ModelKey & Access)[]>`
    SELECT m.provider, m.model_id AS "modelId", m.review, m.tiers
    FROM ${modelKeys(keys)} JOIN models m ON m.provider = key.provider AND m.model_id = key.model_id
    WHERE m.review = 'disabled' OR m.tiers <> '{}'
    UNION SELECT m.provider, m.model_id, m.review, m.tiers
    FROM ${modelKeys(always)} JOIN models m ON m.provider = key.provider AND m.model_id = key.model_id`
  return new Map(rows.map((row) => [modelKey(row), row]))
}
