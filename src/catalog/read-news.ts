/**
 * What readers of a feed want to know: prices that changed, models that came and models that go. One
 * item is what one commit did to one model in one respect.
 */
import { parseJson } from '../json.ts'
import { Prisma, type Reader } from './database.ts'
import type { FieldChange } from './flat-record.ts'
import { openTo, type Audience } from './model-filter.ts'
import { modelKey } from './model.ts'
import type { ModelKey } from './read-models.ts'

export const newsKinds = ['price', 'new', 'deprecated', 'retired', 'returned'] as const
export type NewsKind = (typeof newsKinds)[number]

export interface NewsItem extends ModelKey {
  /** Number of its first row in the change log: no other item has it, whatever happens later. */
  sequence: number
  version: number
  committedAt: Date
  /** Null: an operator did it. */
  upstream: string | null
  kind: NewsKind
  /** The model's, today. */
  name: string
  /** Of its prices, today; ISO 4217. */
  currency: string
  /** What changed in this respect. A new model: its first prices, as `price.<component>` from nothing. */
  changes: FieldChange[]
}

export interface NewsQuery {
  audience: Audience
  provider?: string | undefined
  kinds: readonly NewsKind[]
  limit: number
}

/** A commit can change dozens of prices of one model. */
const rowsPerItem = 20

/**
 * Newest first, read backwards through the log until there are enough (models row by row, as OFFSET 0 makes
 * it, or PostgreSQL would sort the whole log first). Models that are not there for the audience today are
 * left out, with their past.
 */
export async function readNews(reader: Reader, query: NewsQuery): Promise<NewsItem[]> {
  const { audience, provider, kinds, limit } = query
  const rowLimit = limit * rowsPerItem
  const ofProvider = Prisma.sql`(v.provider = ${provider} OR v.provider IS NULL) AND c.provider = ${provider}`
  const rows = await reader.$queryRaw<NewsRow[]>`
    SELECT v.version, v.committed_at AS "committedAt", v.upstream, c.id, c.commit_id AS "commitId",
      c.provider, c.model_id AS "modelId", ${kindOfRow} AS kind, c.field, c."from"::text AS "from", c."to"::text AS "to",
      m.name, m.currency
    FROM catalog_versions v JOIN model_changes c ON c.commit_id = v.commit_id
    JOIN LATERAL (SELECT * FROM models m
      WHERE m.provider = c.provider AND m.model_id = c.model_id OFFSET 0) m ON TRUE
    WHERE ${kindOfRow} = ANY(${[...kinds]})
      AND ${provider === undefined ? Prisma.sql`TRUE` : ofProvider}
      AND ${audience === 'all' ? Prisma.sql`TRUE` : openTo(audience)}
    ORDER BY v.version DESC, c.id DESC LIMIT ${rowLimit}`
  const groups = [...Map.groupBy(rows.toReversed(), groupOf).values()]
  // The oldest may be there in part only.
  const whole = rows.length === rowLimit && groups.length > 1 ? groups.slice(1) : groups
  const items = whole.toReversed().slice(0, limit).flatMap(toItem)
  return withFirstPrices(reader, items)
}

const kindOfRow = Prisma.sql`CASE
  WHEN c.kind = 'added' THEN 'new'
  WHEN c.field = 'lifecycle' AND c.kind = 'retired' THEN 'retired'
  WHEN c.field = 'lifecycle' AND c.kind = 'returned' THEN 'returned'
  WHEN c.field = 'lifecycle' AND c."to" = '"deprecated"' THEN 'deprecated'
  WHEN c.field IN ('deprecatedAt', 'replacedBy') AND c."to" IS NOT NULL AND c.kind <> 'retired' THEN 'deprecated'
  WHEN c.field LIKE 'price.%' AND c.kind <> 'retired' THEN 'price' END`

interface NewsRow extends ModelKey {
  version: bigint
  committedAt: Date
  upstream: string | null
  id: bigint
  commitId: bigint
  kind: NewsKind
  field: string | null
  from: string | null
  to: string | null
  name: string
  currency: string
}

type ItemOfCommit = NewsItem & { commitId: bigint }

function groupOf({ version, kind, ...key }: NewsRow): string {
  return `${version} ${kind} ${modelKey(key)}`
}

function toItem(rows: readonly NewsRow[]): ItemOfCommit[] {
  const [first] = rows
  if (!first) return []
  const { version, id, field: _field, from: _from, to: _to, ...same } = first
  const changes = rows.flatMap(({ field, from, to }) =>
    field === null ? [] : [{ field, from: read(from), to: read(to) }],
  )
  return [{ ...same, sequence: Number(id), version: Number(version), changes }]
}

function read(text: string | null): FieldChange['from'] {
  return text === null ? undefined : parseJson(text)
}

/** As of the commit that brought the model: what it costs today may be another item's news. */
async function withFirstPrices(
  reader: Reader,
  items: readonly ItemOfCommit[],
): Promise<NewsItem[]> {
  const added = items.filter(({ kind }) => kind === 'new')
  const rows = await reader.$queryRaw<
    (ModelKey & { commitId: bigint; component: string; amount: string })[]
  >`
    SELECT p.provider, p.model_id AS "modelId", p.commit_id AS "commitId", p.component, p.amount::text AS amount
    FROM unnest(${added.map(({ provider }) => provider)}::text[], ${added.map(({ modelId }) => modelId)}::text[],
      ${added.map(({ commitId }) => commitId)}::bigint[]) AS key (provider, model_id, commit_id)
    JOIN price_history p ON p.provider = key.provider AND p.model_id = key.model_id AND p.commit_id = key.commit_id
    ORDER BY p.component COLLATE "C"`
  const prices = Map.groupBy(rows, (row) => `${row.commitId} ${modelKey(row)}`)
  return items.map(({ commitId, ...item }) => {
    if (item.kind !== 'new') return item
    const first = prices.get(`${commitId} ${modelKey(item)}`) ?? []
    const changes = first.map(({ component, amount }) => ({
      field: `price.${component}`,
      from: undefined,
      to: amount,
    }))
    return { ...item, changes }
  })
}
