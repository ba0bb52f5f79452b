/** Which rows of the cost map are one model, and under which id. */
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { fireworksPaths } from './fireworks-paths.ts'
import { canonicalProvider, keyPrefixes, providerOfPrefix } from './litellm-providers.ts'
import { isPlaceable, placedJson, placeOf, type PlacedRow } from './litellm-regions.ts'
import { isTwin } from './litellm-twins.ts'

export interface MapModel {
  key: string
  /** The row with its key, and with those of its places. */
  raw: Json
  /** Empty where neither the row nor its key tells: such an entry is rejected for want of an id. */
  provider: string
  modelId: string
  /** Place of the key's prefix among the provider's; a key without any comes first. */
  rank: number
}

/** The models of a map, each with an id of its own whatever the order of the rows. */
export function modelsOfMap(rows: ReadonlyMap<string, Json>): readonly MapModel[] {
  return withDistinctIds(joinTwins(atTheirPaths(joinPlaces(rows))))
}

/** Rows of places go with the row of their model; where it has none, with one another. */
function joinPlaces(rows: ReadonlyMap<string, Json>): MapModel[] {
  const placed = [...rows].flatMap(([key, row]) => placedRow(key, row, rows) ?? [])
  const placedKeys = new Set(placed.map(({ key }) => key))
  const byModel = Map.groupBy(placed, ({ modelKey }) => modelKey)
  const listed = [...rows]
    .filter(([key]) => !placedKeys.has(key))
    .map(([key, row]): MapModel => ({
      key,
      raw: isJsonObject(row) ? { ...row, key, ...placesJson(byModel.get(key)) } : row,
      ...identify(key, row),
    }))
  const unlisted = [...byModel]
    .filter(([modelKey]) => !rows.has(modelKey))
    .map(([key, places]): MapModel => ({
      key,
      raw: placesJson(places),
      ...identify(key, places[0]?.row),
    }))
  return [...listed, ...unlisted]
}

interface RowOfModel extends PlacedRow {
  modelKey: string
}

/** Undefined for a row that stands for itself. */
function placedRow(
  key: string,
  row: Json,
  rows: ReadonlyMap<string, Json>,
): RowOfModel | undefined {
  const place = placeOf(key)
  if (!place || !isPlaceable(row, place)) return undefined
  const { modelKeys, ...where } = place
  const { provider } = identify(key, row)
  if (provider !== providerOfPrefix(key) || modelKeys.some(placeOf)) return undefined
  const owner = modelKeys.find((modelKey) => rows.has(modelKey))
  const modelKey = owner ?? modelKeys[0]
  if (modelKey === undefined) return undefined
  const isOfOwner = owner === undefined || identify(owner, rows.get(owner)).provider === provider
  return isOfOwner ? { key, row, ...where, modelKey } : undefined
}

/** By key, so that the order of the map's rows has no say. */
function placesJson(places: readonly PlacedRow[] | undefined): JsonObject {
  if (!places) return {}
  const sorted = places.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  return { placed_rows: sorted.map(placedJson) }
}

function identify(
  key: string,
  row: Json | undefined,
): Pick<MapModel, 'provider' | 'modelId' | 'rank'> {
  const stated = isJsonObject(row) ? row['litellm_provider'] : undefined
  const word = typeof stated === 'string' ? stated : ''
  const provider = (word === '' ? providerOfPrefix(key) : canonicalProvider(word)) ?? ''
  const prefixes = keyPrefixes(provider, word)
  const rank = prefixes.findIndex((prefix) => key.startsWith(prefix))
  return { provider, modelId: key.slice(prefixes[rank]?.length ?? 0), rank }
}

/** Fireworks' models that are there a second time under the last part of their path, and say the same. */
function atTheirPaths(models: readonly MapModel[]): MapModel[] {
  const byId = new Map(models.map((model) => [identity(model), model]))
  return models.map((model) => {
    if (model.provider !== 'fireworks-ai') return model
    const { provider, modelId } = model
    const [owner, ...others] = fireworksPaths.flatMap(
      (path) => byId.get(identity({ provider, modelId: path + modelId })) ?? [],
    )
    if (!owner || others.length > 0 || !isTwin(owner.raw, model.raw)) return model
    return { ...model, modelId: owner.modelId, rank: owner.rank + 1 }
  })
}

/** Rows that say the same of one id are one model, under the key that has the id. */
function joinTwins(models: readonly MapModel[]): MapModel[] {
  return [...Map.groupBy(models, identity).values()].flatMap((same) => {
    const [owner, ...others] = same.toSorted((a, b) => (comesFirst(a, b) ? -1 : 1))
    if (!owner || !isJsonObject(owner.raw) || others.length === 0) return same
    const { raw } = owner
    const twins = others.filter((other) => !hasPlaces(other) && isTwin(raw, other.raw))
    if (twins.length === 0) return same
    const alone = others.filter((other) => !twins.includes(other))
    return [{ ...owner, raw: { ...raw, twin_rows: twins.flatMap(rawObject) } }, ...alone]
  })
}

function hasPlaces({ raw }: MapModel): boolean {
  return isJsonObject(raw) && Object.hasOwn(raw, 'placed_rows')
}

function rawObject({ raw }: MapModel): JsonObject[] {
  return isJsonObject(raw) ? [raw] : []
}

/**
 * Without their prefixes several keys can give one id (`gpt-4o` and `openai/gpt-4o`). The one whose
 * prefix comes first has it, all others keep their whole key; so the order of the rows has no say. A
 * whole key can again be another row's id, hence the repetition: it ends, since keys are distinct.
 */
function withDistinctIds(models: readonly MapModel[]): readonly MapModel[] {
  let settled = models
  for (;;) {
    const owners = new Map<string, MapModel>()
    for (const model of settled) {
      const owner = owners.get(identity(model))
      if (!owner || comesFirst(model, owner)) owners.set(identity(model), model)
    }
    if (owners.size === settled.length) return settled
    settled = settled.map((model) =>
      owners.get(identity(model)) === model ? model : { ...model, modelId: model.key, rank: -1 },
    )
  }
}

function comesFirst(a: MapModel, b: MapModel): boolean {
  return a.rank === b.rank ? a.key < b.key : a.rank < b.rank
}

function identity({ provider, modelId }: Pick<MapModel, 'provider' | 'modelId'>): string {
  return JSON.stringify([provider, modelId])
}
