/** Where upstreams disagree: what each states, when it last said so, and whom the catalog believes. */
import { canonicalJson } from '../json.ts'
import { Prisma, readDatabaseClock, type Reader } from './database.ts'
import { isFieldName, type ModelFields } from './fields.ts'
import { openTo, type Audience } from './model-filter.ts'
import { pricesInForce } from './price-dates.ts'
import { componentKey, type PriceComponent, type PriceSheet } from './price.ts'
import type { ModelKey } from './read-models.ts'

export interface ConflictFilter {
  /** Absent = all. */
  audience?: Audience | undefined
  provider?: string | undefined
  /** A field's name, or `price.<component>`: other fields of the model are then left out. */
  field?: string | undefined
  /** Models a page. */
  limit: number
  /** From 1. */
  page: number
}

export interface StatedValue {
  upstream: string
  /** As it is stored: every digit of a price, whole numbers without grouping. */
  value: string
  /** "tokens", or of prices e.g. "USD per million tokens", "CNY per second". */
  unit: string
  /** The last good answer of the upstream, which still lists the model. */
  confirmedAt: Date
}

export interface FieldConflict {
  field: string
  /** The upstream whose value is in the catalog, or "override"; null = no value is. */
  taken: string | null
  /** Of listings that are present, by the upstream's id. */
  values: StatedValue[]
}

export interface ModelConflicts extends ModelKey {
  fields: FieldConflict[]
}

export interface ConflictPage {
  models: ModelConflicts[]
  /** Models of all pages. */
  total: number
}

/** Two statements, whatever the number of models: the page, and what is stated of its models. */
export async function readConflicts(reader: Reader, filter: ConflictFilter): Promise<ConflictPage> {
  const { rows, total } = await readModelsInConflict(reader, filter)
  const listings = await readPresentListings(reader, rows)
  const day = (await readDatabaseClock(reader)).toISOString().slice(0, 10)
  const byModel = Map.groupBy(listings, placeOf)
  const models = rows.map(({ provider, modelId, conflicts, provenance }) => ({
    provider,
    modelId,
    fields: conflicts
      .filter((field) => filter.field === undefined || field === filter.field)
      .map((field) => ({
        field,
        taken: provenance[field] ?? null,
        values: (byModel.get(placeOf({ provider, modelId })) ?? []).flatMap((listing) =>
          statedValue(listing, field, day),
        ),
      })),
  }))
  return { models, total }
}

function placeOf({ provider, modelId }: ModelKey): string {
  return `${provider}/${modelId}`
}

interface ConflictRow extends ModelKey {
  conflicts: string[]
  provenance: Record<string, string>
}

async function readModelsInConflict(
  reader: Reader,
  { audience, provider, field, limit, page }: ConflictFilter,
): Promise<{ rows: ConflictRow[]; total: number }> {
  const where = Prisma.join(
    [
      field === undefined
        ? Prisma.sql`m.conflicts <> '{}'`
        : Prisma.sql`m.conflicts @> ${[field]}::text[]`,
      ...(audience === undefined || audience === 'all' ? [] : [openTo(audience)]),
      ...(provider === undefined ? [] : [Prisma.sql`m.provider = ${provider}`]),
    ],
    ' AND ',
  )
  const found = await reader.$queryRaw<
    ({ total: number } & { [Name in keyof ConflictRow]: ConflictRow[Name] | null })[]
  >`
    SELECT found.total, m.provider, m.model_id AS "modelId", m.conflicts, m.provenance
    FROM (SELECT count(*)::int AS total FROM models m WHERE ${where}) found
    LEFT JOIN LATERAL (
      SELECT * FROM models m WHERE ${where}
      ORDER BY m.provider, m.model_id LIMIT ${limit} OFFSET ${(page - 1) * limit}
    ) m ON TRUE
    ORDER BY m.provider, m.model_id`
  // An empty page is one row without a model.
  const rows = found.flatMap(({ provider: owner, modelId, conflicts, provenance }) =>
    owner !== null && modelId !== null && conflicts && provenance
      ? [{ provider: owner, modelId, conflicts, provenance }]
      : [],
  )
  return { rows, total: found[0]?.total ?? 0 }
}

interface PresentListing extends ModelKey {
  upstream: string
  fields: ModelFields
  prices: PriceSheet
  confirmedAt: Date
}

async function readPresentListings(
  reader: Reader,
  keys: readonly ModelKey[],
): Promise<PresentListing[]> {
  if (keys.length === 0) return []
  const providers = keys.map(({ provider }) => provider)
  const modelIds = keys.map(({ modelId }) => modelId)
  return reader.$queryRaw<PresentListing[]>`
    SELECT l.upstream, l.provider, l.model_id AS "modelId", l.fields, l.prices,
      coalesce(u.last_success_at, l.changed_at) AS "confirmedAt"
    FROM unnest(${providers}::text[], ${modelIds}::text[]) AS key (provider, model_id)
    JOIN listings l ON l.provider = key.provider AND l.model_id = key.model_id AND l.state = 'present'
    LEFT JOIN upstreams u ON u.id = l.upstream
    ORDER BY l.upstream`
}

/** None where the upstream does not state the field. Dated prices count as the merge counts them. */
function statedValue(
  { upstream, fields, prices, confirmedAt }: PresentListing,
  field: string,
  day: string,
): StatedValue[] {
  if (isFieldName(field)) {
    const value = fields[field]
    if (value === undefined) return []
    return [{ upstream, value: canonicalJson(value), unit: 'tokens', confirmedAt }]
  }
  const component = pricesInForce(prices, day).components.find(
    (one) => `price.${componentKey(one)}` === field,
  )
  if (!component) return []
  const unit = `${prices.currency ?? 'USD'} per ${unitOf(component)}`
  return [{ upstream, value: component.amount, unit, confirmedAt }]
}

function unitOf({ meter, unit = 'mtok' }: PriceComponent): string {
  if (unit === 'mtok') return 'million tokens'
  return unit === 'each'
    ? meter.replace(/_each$/, '').replaceAll('_', ' ')
    : unit.replaceAll('_', ' ')
}
