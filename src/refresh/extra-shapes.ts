/**
 * The names and JSON types of what entries state beyond the fields that are read. Most entries of an
 * upstream have one of a few shapes, so each shape is kept once, however many entries have it.
 */
import { JsonDecimal, type JsonObject } from '../json.ts'

export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

export type StatedFields = ReadonlyMap<string, ReadonlySet<JsonType>>

export interface ExtraShape {
  key: string
  fields: readonly (readonly [field: string, type: JsonType])[]
}

// An entry whose keys are ids has no shape worth keeping.
const maxFieldsOfEntry = 500

export class ExtraShapes {
  readonly #byKey = new Map<string, ExtraShape>()

  of(extra: JsonObject): ExtraShape {
    const fields = Object.entries(extra)
      .map(([field, value]) => [field, jsonTypeOf(value)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, maxFieldsOfEntry)
    return this.keep({ key: JSON.stringify(fields), fields })
  }

  /** A shape of a snapshot before, which this one has as well. */
  keep(shape: ExtraShape): ExtraShape {
    const known = this.#byKey.get(shape.key)
    if (known) return known
    this.#byKey.set(shape.key, shape)
    return shape
  }

  statedFields(): StatedFields {
    const stated = new Map<string, Set<JsonType>>()
    for (const { fields } of this.#byKey.values())
      for (const [field, type] of fields) {
        const types = stated.get(field)
        if (types) types.add(type)
        else stated.set(field, new Set([type]))
      }
    return stated
  }
}

function jsonTypeOf(value: unknown): JsonType {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (value instanceof JsonDecimal || typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  return typeof value === 'string' ? 'string' : 'object'
}
