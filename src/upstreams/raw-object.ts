/** Untrusted objects: own keys only, and `__proto__` is a key like any other. */
import type { Json, JsonObject } from '../json.ts'

export function ownEntries(object: JsonObject): [string, Json][] {
  return Object.entries(object)
}

/** A copy without some keys. */
export function objectWithout(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)))
}
