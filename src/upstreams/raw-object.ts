/** Untrusted objects: own keys only, and `__proto__` is a key like any other. */
import { isJsonObject, type Json, type JsonObject } from '../json.ts'

export function ownEntries(object: JsonObject): [string, Json][] {
  return Object.entries(object)
}

/** A copy without some keys. */
export function objectWithout(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)))
}

/** The object under a key; an empty one where there is none. */
export function objectUnder(object: Json, key: string): JsonObject {
  const member = isJsonObject(object) ? object[key] : undefined
  return isJsonObject(member) ? member : {}
}
