/**
 * What exactly changed: records are compared field by field in a flat form, so that the same code
 * serves listings, models, the change log and dry runs. Pure.
 */
import type { Listing } from './listing.ts'
import type { CatalogModel } from './model.ts'
import { componentKey, type PriceSheet } from './price.ts'
import { canonicalJson, type Json, type JsonObject } from '../json.ts'

/**
 * A record as field → value: field names, `price.<component>` (decimal text), `price.dynamic`,
 * `price.currency`, `extra.<key>`. A field that is not stated is not in the map.
 */
export type FlatRecord = Map<string, Json>

export interface FieldChange {
  field: string
  /** Undefined = was not stated. */
  from: Json | undefined
  /** Undefined = is no longer stated. */
  to: Json | undefined
}

export function flattenListing({
  fields,
  prices,
  extra,
}: Pick<Listing, 'fields' | 'prices' | 'extra'>): FlatRecord {
  return new Map([...fieldEntries(fields), ...priceEntries(prices), ...prefixed('extra', extra)])
}

/** Provenance and conflicts are facts about the merge, not about the model: they are left out. */
export function flattenModel(model: CatalogModel): FlatRecord {
  return new Map([
    ...fieldEntries(model.fields),
    ...priceEntries(model.prices),
    ...Object.entries(model.extra).flatMap(([upstream, extra]) =>
      prefixed(`extra.${upstream}`, extra),
    ),
    ['lifecycle', model.lifecycle],
    ['review', model.review],
    ['tiers', model.tiers],
  ])
}

/** Sorted by field name. Objects are equal whatever the order of their keys; arrays are not. */
export function diffRecords(before: FlatRecord, after: FlatRecord): FieldChange[] {
  const changes: FieldChange[] = []
  for (const [field, from] of before) {
    const to = after.get(field)
    if (to === undefined || !equalValues(from, to)) changes.push({ field, from, to })
  }
  for (const [field, to] of after)
    if (!before.has(field)) changes.push({ field, from: undefined, to })
  return changes.sort((a, b) => (a.field < b.field ? -1 : 1))
}

/** The record after the changes: `applyChanges(diffRecords(a, b), a)` equals `b`. */
export function applyChanges(changes: readonly FieldChange[], record: FlatRecord): FlatRecord {
  const result: FlatRecord = new Map(record)
  for (const { field, to } of changes)
    if (to === undefined) result.delete(field)
    else result.set(field, to)
  return result
}

export function isPriceField(field: string): boolean {
  return field.startsWith('price.')
}

function equalValues(a: Json, b: Json): boolean {
  return (
    a === b ||
    (typeof a === 'object' && typeof b === 'object' && canonicalJson(a) === canonicalJson(b))
  )
}

function fieldEntries(fields: Listing['fields']): [string, Json][] {
  return Object.entries(fields).filter(([, value]) => value !== undefined)
}

function priceEntries(sheet: PriceSheet): [string, Json][] {
  const entries = sheet.components.map((component): [string, Json] => [
    `price.${componentKey(component)}`,
    component.amount,
  ])
  if (sheet.dynamic) entries.push(['price.dynamic', true])
  if (sheet.currency !== undefined) entries.push(['price.currency', sheet.currency])
  return entries
}

function prefixed(prefix: string, extra: JsonObject): [string, Json][] {
  return Object.entries(extra).map(([key, value]) => [`${prefix}.${key}`, value])
}
