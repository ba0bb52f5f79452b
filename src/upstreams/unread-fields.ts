/** What is left of an entry for `extra`. */
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { withoutNulls } from './known-fields.ts'

/**
 * The entry without nulls and without `taken`, the keys whose value a field has. 0 and '' are "not
 * known" to the fields, so they stay under their own name even there.
 */
export function unreadFields(entry: Json, taken: readonly string[]): JsonObject {
  if (!isJsonObject(entry)) return {}
  const unread = Object.entries(entry).filter(
    ([key, value]) => !taken.includes(key) || value === 0 || value === '',
  )
  return withoutNulls(Object.fromEntries(unread))
}
