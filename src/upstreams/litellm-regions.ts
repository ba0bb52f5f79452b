/**
 * Rows of the cost map that are another's model in one place: `bedrock/us-east-1/<model>` and
 * `azure/eu/<model>` are prices of a region ("use region based pricing, if it's available": LiteLLM looks
 * `<provider>/<region>/<model>` up first), `bedrock/us-east-1/1-month-commitment/<model>` those of
 * throughput that is reserved for a month. They are listed with their model, so that its price is the
 * row without a region and no other, and a region's price is never taken for it. Seen 2025-02 to 2026-07.
 *
 * No places: `us.anthropic.…` and `global.anthropic.…`, ids of their own at Bedrock (and at models.dev),
 * and sizes and qualities of images (`hd/1024-x-1024/…`, `bedrock/512-x-512/…`).
 */
import {
  componentKey,
  InvalidPrice,
  sortComponents,
  type PriceComponent,
} from '../catalog/price.ts'
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../json.ts'
import { agreedMembers } from './agreed-members.ts'
import { readFields } from './litellm-fields.ts'
import { readLitellmPrices, readLitellmRow } from './litellm-row.ts'
import { objectWithout } from './raw-object.ts'
import type { ListingDraft } from './upstream.ts'

export interface Place {
  /** Absent = anywhere (`bedrock/*`). */
  region?: string
  /** The commitment; absent = on demand. */
  mode?: string
  /** Keys that the model itself may have, the preferred one first. */
  modelKeys: readonly string[]
}

const bedrockKey =
  /^(?<prefix>bedrock(?:_converse|_mantle)?)\/(?<region>[a-z]{2}(?:-[a-z]+){1,2}-\d|\*)\/(?:(?<mode>\d+-month-commitment)\/)?(?<model>.+)$/
/** Azure's data zones, and its deployments that may run anywhere, in two spellings. */
const azureKey = /^(?<prefix>azure(?:_ai)?)\/(?<region>eu|us|global|global-standard)\/(?<model>.+)$/

/** Undefined for a key that names a model and no place. */
export function placeOf(key: string): Place | undefined {
  const { prefix, region, mode, model } = (bedrockKey.exec(key) ?? azureKey.exec(key))?.groups ?? {}
  if (prefix === undefined || region === undefined || model === undefined) return undefined
  if (region === '*' && mode === undefined) return undefined
  return {
    ...(region === '*' ? {} : { region }),
    ...(mode === undefined ? {} : { mode }),
    modelKeys: [`${prefix}/${model}`, ...(prefix === 'bedrock' ? [model] : [])],
  }
}

/** Whether a row's prices can be told from those of other places. A row that is invalid stands alone. */
export function isPlaceable(row: Json, place: Place): row is JsonObject {
  if (!isJsonObject(row)) return false
  try {
    const { sheet } = readLitellmPrices(row)
    return (
      !sheet.dynamic &&
      (place.mode === undefined || sheet.components.every(({ mode }) => mode === undefined))
    )
  } catch (error) {
    if (error instanceof InvalidPrice) return false
    throw error
  }
}

/** A row as an entry carries it beside the model's own. */
export interface PlacedRow extends Pick<Place, 'region' | 'mode'> {
  key: string
  row: JsonObject
}

export function placedJson({ key, region, mode, row }: PlacedRow): JsonObject {
  return {
    key,
    ...(region === undefined ? {} : { region }),
    ...(mode === undefined ? {} : { mode }),
    row,
  }
}

/**
 * A model and its places. `own` is its own row, undefined where the map only has those of places: its
 * fields are then what they agree on, and it has no price but theirs. `extra.placed_rows` has, by key,
 * which `fields` say what the model's row does, and all that is neither that nor a price. Throws
 * InvalidPrice.
 */
export function readPlaces(own: JsonObject | undefined, placed: readonly Json[]): ListingDraft {
  const rows = placed.flatMap((stated) => placedRow(stated) ?? [])
  const shared = own ?? agreedMembers(rows.map(({ row }) => row))
  const draft = own
    ? readLitellmRow(own)
    : { fields: readFields(shared).fields, prices: { components: [] }, extra: {} }
  const read = rows.map((row) => readPlace(row, shared))
  const components = new Map(
    [...draft.prices.components, ...read.flatMap((place) => place.components)].map((one) => [
      componentKey(one),
      one,
    ]),
  )
  return {
    fields: draft.fields,
    prices: { ...draft.prices, components: sortComponents([...components.values()]) },
    extra: { ...draft.extra, placed_rows: read.map(({ rest }) => rest) },
  }
}

/** What `extra.placed_rows` has of a row. */
export interface PlacedRest extends Pick<Place, 'region' | 'mode'> {
  key: string
  fields: readonly string[]
  rest: JsonObject
}

export function readPlacedRows({ placed_rows: stated }: JsonObject): PlacedRest[] {
  if (!Array.isArray(stated)) return []
  return stated.flatMap((one) => {
    const placed = placedRow(one)
    const fields = isJsonObject(one) ? one['fields'] : undefined
    if (!placed || !Array.isArray(fields)) return []
    const { row: rest, ...place } = placed
    return [{ ...place, rest, fields: fields.filter((name) => typeof name === 'string') }]
  })
}

function placedRow(stated: Json): PlacedRow | undefined {
  if (!isJsonObject(stated)) return undefined
  const { key, region, mode, row } = stated
  if (typeof key !== 'string' || !isJsonObject(row)) return undefined
  return {
    key,
    row,
    ...(typeof region === 'string' ? { region } : {}),
    ...(typeof mode === 'string' ? { mode } : {}),
  }
}

function readPlace(
  placed: PlacedRow,
  shared: JsonObject,
): { components: PriceComponent[]; rest: JsonObject } {
  const { row, key: _key, ...place } = placed
  const sharedNames = new Set(readFields(shared).names)
  const fields = [...new Set(readFields(row).names)].filter(
    (name) => sharedNames.has(name) && canonicalJson(row[name]) === canonicalJson(shared[name]),
  )
  const { sheet, rest } = readLitellmPrices(objectWithout(row, fields))
  return {
    components: sheet.components.map((component) => ({ ...component, ...place })),
    rest: { ...placedJson({ ...placed, row: rest }), fields: fields.sort() },
  }
}
