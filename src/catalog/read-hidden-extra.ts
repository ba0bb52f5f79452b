/** What is in the catalog and not for an audience: so that it does not come in by another way. */
import { parseJson, isJsonObject, type JsonObject } from '../json.ts'
import type { Reader } from './database.ts'
import { filterConditions, type ModelFilter } from './model-filter.ts'

/** What an upstream states beyond the fields, of models that do not fit and are not retired. */
export async function readHiddenExtra(
  reader: Reader,
  upstream: string,
  visible: ModelFilter,
): Promise<JsonObject[]> {
  const rows = await reader.$queryRaw<{ extra: string }[]>`
    SELECT (m.extra -> ${upstream})::text AS extra FROM models m
    WHERE m.lifecycle <> 'retired' AND m.extra ? ${upstream} AND NOT (${filterConditions(visible)})`
  return rows.map(({ extra }) => parseJson(extra)).filter(isJsonObject)
}
