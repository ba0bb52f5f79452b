/**
 * Fireworks' serverless list has one row per model and mode. A row with a `service_tier` is another price
 * of the same model; a fast variant has a name of its own (`usage_identifier`) and is another model.
 */
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../json.ts'
import { statedId } from './payload-list.ts'
import { objectWithout } from './raw-object.ts'

export interface FireworksRow {
  modelId: string
  raw: Json
}

/** One per model; what its tiers state differently is under `service_tiers`. */
export function* rowsByModel(rows: Json[]): Generator<FireworksRow> {
  for (const [modelId, ofModel] of Map.groupBy(rows, idOf))
    for (const raw of joinTiers(ofModel)) yield { modelId, raw }
}

/** Under which of these a request asks for the model. */
export function idName(row: Json): string | undefined {
  return ['usage_identifier', 'id', 'name'].find((name) => statedId(row, name) !== '')
}

function idOf(row: Json): string {
  return statedId(row, idName(row))
}

/** Rows that cannot be told apart stay apart: they are then found to be the same, or to disagree. */
function joinTiers(rows: Json[]): Json[] {
  const objects = rows.filter(isJsonObject)
  const tiers = new Set(objects.map(tierOf))
  const base = objects.find((row) => tierOf(row) === 'null')
  if (!base || rows.length === 1 || tiers.size < rows.length) return rows
  const others = objects
    .filter((row) => row !== base)
    .sort((a, b) => (tierOf(a) < tierOf(b) ? -1 : 1))
  return [{ ...base, service_tiers: others.map((row) => differenceTo(base, row)) }]
}

function tierOf(row: JsonObject): string {
  return canonicalJson(row['service_tier'] ?? null)
}

function differenceTo(base: JsonObject, row: JsonObject): JsonObject {
  const same = Object.keys(row).filter(
    (name) => name !== 'pricing' && canonicalJson(row[name]) === canonicalJson(base[name]),
  )
  return objectWithout(row, same)
}
