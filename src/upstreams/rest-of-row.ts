/** What an adapter did not read of a row, for `extra`, where that is known only after the reading. */
import type { Json, JsonObject } from '../json.ts'
import { unreadFields } from './unread-fields.ts'

/**
 * All members of a row but those in `read` that gave a value, which stand word for word in a field or a
 * price, and `dropped`. So a value that could not be read is kept as it was stated.
 */
export function restOfRow(
  row: Json,
  read: Readonly<Record<string, unknown>>,
  dropped: readonly string[] = [],
): JsonObject {
  const taken = Object.keys(read).filter((name) => read[name] !== undefined && read[name] !== null)
  return unreadFields(row, [...taken, ...dropped])
}

/** `{[name]: rest}`, or nothing where there is no rest. */
export function restUnder(name: string, rest: JsonObject): JsonObject {
  return Object.keys(rest).length > 0 ? { [name]: rest } : {}
}
