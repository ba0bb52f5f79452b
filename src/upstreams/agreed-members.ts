/** What several objects state alike. */
import { canonicalJson, type JsonObject } from '../json.ts'
import { ownEntries } from './raw-object.ts'

/** The members that all have with the same value. */
export function agreedMembers(objects: readonly JsonObject[]): JsonObject {
  const [first = {}, ...others] = objects
  const common = ownEntries(first).filter(([name, value]) =>
    others.every(
      (other) => Object.hasOwn(other, name) && canonicalJson(other[name]) === canonicalJson(value),
    ),
  )
  return Object.fromEntries(common)
}
