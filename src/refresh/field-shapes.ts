/**
 * The names and JSON types of what entries state, and of what stands one level below (`pricing.prompt`).
 * Most entries of an upstream have one of a few shapes, so each shape is kept once, however many entries
 * have it.
 */
import { contentHash } from '../catalog/listing.ts'
import { isJsonObject, JsonDecimal, type JsonObject } from '../json.ts'

export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

export type StatedFields = ReadonlyMap<string, ReadonlySet<JsonType>>

type Field = readonly [name: string, type: JsonType]

export interface FieldShape {
  key: string
  fields: readonly Field[]
}

// An object whose keys are ids has no shape worth keeping.
const maxFieldsOfEntry = 500
const maxFieldsBelow = 100

export class FieldShapes {
  readonly #byKey = new Map<string, FieldShape>()

  of(entry: JsonObject): FieldShape {
    const fields = Object.entries(entry)
      .flatMap(([name, value]): Field[] => [[name, jsonTypeOf(value)], ...fieldsBelow(name, value)])
      .slice(0, maxFieldsOfEntry)
    return this.keep({ key: contentHash(JSON.stringify(fields)), fields })
  }

  /** A shape of a snapshot before, which this one has as well. */
  keep(shape: FieldShape): FieldShape {
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

function fieldsBelow(name: string, value: unknown): Field[] {
  const fields = isJsonObject(value) ? Object.entries(value) : []
  if (fields.length > maxFieldsBelow) return []
  return fields.map(([inner, below]) => [`${name}.${inner}`, jsonTypeOf(below)])
}

function jsonTypeOf(value: unknown): JsonType {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (value instanceof JsonDecimal || typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  return typeof value === 'string' ? 'string' : 'object'
}
