/** A page of models, as every list of them answers. */
import type { Reader } from '../catalog/database.ts'
import { byId, type ModelPlace } from '../catalog/model-order.ts'
import type { Audience, ModelFilter } from '../catalog/model-filter.ts'
import { viewModel } from '../catalog/model-view.ts'
import { countModels, listModels } from '../catalog/read-models.ts'
import { readVersion } from '../catalog/versions.ts'
import { PlumblineError } from '../errors.ts'
import { parseJson, type Json } from '../json.ts'
import { readCursor, writeCursor } from './cursor.ts'
import type { Totals } from './totals.ts'
import { toFilter, type ModelListQuery } from './schemas/model-query.ts'

/** `given`: what the path has said already. Throws `invalid_argument` for a cursor of another list. */
export async function readModelPage(
  reader: Reader,
  totals: Totals,
  query: ModelListQuery,
  audience: Audience,
  given: ModelFilter = {},
) {
  const filter = { ...toFilter(query, audience), ...given }
  const { limit, sort, cursor, page = 1 } = query
  // What makes it this list and no other; nothing that was not given is in it.
  const list = parseJson(JSON.stringify({ ...filter, order: sort ?? byId }))
  const after = cursor === undefined ? undefined : resume(query, cursor, list)
  const version = await readVersion(reader)
  const total = await totals.of(list, version, () => countModels(reader, filter))
  const { models, next } = await listModels(reader, { ...filter, limit, sort, page, after })
  return {
    version,
    total,
    page: cursor === undefined ? page : null,
    limit,
    next: next ? writeCursor(next, list) : null,
    models: models.map(viewModel),
  }
}

/** Throws `invalid_argument` for what has no meaning together. */
function resume({ page, search, sort }: ModelListQuery, cursor: string, list: Json): ModelPlace {
  if (page !== undefined) throw refused('it is not for use together with page')
  if (search?.trim() && !sort)
    throw refused('a search needs a sort: the best match has no order that could be resumed')
  return readCursor(cursor, list)
}

function refused(why: string): PlumblineError {
  return new PlumblineError('invalid_argument', `cursor: ${why}.`)
}
