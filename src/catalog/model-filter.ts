/**
 * What readers of the catalog can ask for, as one typed value and as SQL. Everything that is not
 * given restricts nothing: which models are shown by default is the door's decision.
 */
import { Prisma } from './database.ts'
import { fieldNames, modelFields, type FieldName } from './fields.ts'
import type { Lifecycle, Review, Tier } from './model.ts'

/** Whose view it is: everything, or what is enabled and open to a tier. */
export type Audience = 'all' | Tier

export interface ModelFilter {
  /** Absent = all. A model without tiers is open to every tier. */
  audience?: Audience | undefined
  provider?: string | undefined
  type?: string | undefined
  family?: string | undefined
  /** Words; each must occur or resemble something (model-search.ts). Blank = no search. */
  search?: string | undefined
  capability?: Capability | undefined
  /** All of them. */
  capabilities?: readonly Capability[] | undefined
  /** Taken or given: text, image, audio, video, pdf. */
  modality?: string | undefined
  /** All of them. */
  modalities?: readonly string[] | undefined
  lifecycle?: readonly Lifecycle[] | undefined
  review?: readonly Review[] | undefined
  tier?: Tier | undefined
  /** A label, an upstream's own. */
  tag?: string | undefined
  /** Decimal text, USD per million input tokens. A model without a known price is not cheap. */
  maxInputPrice?: string | undefined
  /** Tokens. */
  minContext?: number | undefined
}

/** Capability flags under the names of their columns, e.g. `function_calling`. */
export const capabilities = fieldNames
  .filter((name) => 'capability' in modelFields[name])
  .map((name) => modelFields[name].column)
export type Capability = {
  [Name in FieldName]: (typeof modelFields)[Name] extends { capability: true; column: infer Column }
    ? Column
    : never
}[FieldName]

export function isCapability(text: string): text is Capability {
  return capabilities.some((capability) => capability === text)
}

/** The conditions but `search`, for a query on `models m`; TRUE where there are none. */
export function filterConditions(filter: ModelFilter): Prisma.Sql {
  const { provider, type, family, tier, tag, maxInputPrice, minContext } = filter
  const able = [filter.capability ?? [], filter.capabilities ?? []].flat()
  const modalities = [filter.modality ?? [], filter.modalities ?? []].flat()
  const conditions = [
    filter.audience !== undefined && filter.audience !== 'all' && openTo(filter.audience),
    provider !== undefined && Prisma.sql`m.provider = ${provider}`,
    type !== undefined && Prisma.sql`m.type = ${type}`,
    family !== undefined && Prisma.sql`m.family = ${family}`,
    filter.lifecycle && Prisma.sql`m.lifecycle = ANY(${[...filter.lifecycle]})`,
    filter.review && Prisma.sql`m.review = ANY(${[...filter.review]})`,
    tier !== undefined && Prisma.sql`m.tiers @> ${[tier]}::text[]`,
    tag !== undefined && Prisma.sql`m.tags @> ${[tag]}::text[]`,
    able.length > 0 && Prisma.sql`m.capabilities @> ${able}::text[]`,
    ...modalities.map(takesOrGives),
    maxInputPrice !== undefined && Prisma.sql`m.input_price <= ${maxInputPrice}::text::numeric`,
    minContext !== undefined && Prisma.sql`m.context_window >= ${minContext}::bigint`,
  ].filter((condition) => typeof condition === 'object')
  return conditions.length === 0 ? Prisma.sql`TRUE` : Prisma.join(conditions, ' AND ')
}

function takesOrGives(modality: string): Prisma.Sql {
  return Prisma.sql`(m.input_modalities @> ${[modality]}::text[] OR m.output_modalities @> ${[modality]}::text[])`
}

/** For a query on `models m`. */
export function openTo(tier: Tier): Prisma.Sql {
  return Prisma.sql`m.review <> 'disabled' AND (m.tiers = '{}' OR m.tiers @> ${[tier]}::text[])`
}

export function isOpenTo(
  { review, tiers }: { review: Review; tiers: readonly Tier[] },
  audience: Audience,
): boolean {
  if (audience === 'all') return true
  return review !== 'disabled' && (tiers.length === 0 || tiers.includes(audience))
}
