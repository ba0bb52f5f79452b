/** Leaving out what is not known: in a listing an absent field is unknown, and null never appears. */
import type { ModelFields } from '../catalog/fields.ts'
import type { JsonObject } from '../json.ts'

type MaybeFields = { [Name in keyof ModelFields]?: ModelFields[Name] | null | undefined }

export function knownFields(fields: MaybeFields): ModelFields {
  return withoutUnstated(fields)
}

/** 0 and null stand for "not known" in lists of models: nothing has a window of no tokens. */
export function knownLimit(limit: number | null | undefined): number | undefined {
  return limit === 0 || limit === null ? undefined : limit
}

/**
 * For `extra`: null says nothing, and a new field that is null everywhere would be a change of every
 * model (OpenRouter brought three of them in 2026).
 */
export function withoutNulls(object: JsonObject): JsonObject {
  return withoutUnstated(object)
}

function withoutUnstated<Value>(object: Record<string, Value>): Record<string, NonNullable<Value>> {
  const known: [string, NonNullable<Value>][] = []
  for (const [key, value] of Object.entries(object))
    if (value !== null && value !== undefined) known.push([key, value])
  return Object.fromEntries(known)
}
