/** A page of models, as every list of them answers. */
import type { Reader } from '../catalog/database.ts'
import type { Audience, ModelFilter } from '../catalog/model-filter.ts'
import { viewModel } from '../catalog/model-view.ts'
import { byId, type ModelPlace, type ModelSort } from '../catalog/model-order.ts'
import { countModels, listModels } from '../catalog/read-models.ts'
import { parseJson, type Json } from '../json.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { InvalidParameter } from './invalid-request.ts'
import type { Totals } from './totals.ts'
import { toFilter, type ModelListQuery } from './schemas/model-query.ts'

/** `given`: what the path has said already. Throws `invalid_argument` for a cursor of another list. */
export async function readModelPage(
  reader: Reader,
  { version, totals }: { version: number; totals: Totals },
  query: ModelListQuery,
  audience: Audience,
  given: ModelFilter = {},
) {
  const filter = { ...toFilter(query, audience), ...given }
  const { limit, sort, cursor, page = 1 } = query
  const order = sort ?? (filter.search?.trim() ? 'match' : byId)
  // What makes it this list and no other; nothing that was not given is in it.
  const list = parseJson(JSON.stringify({ ...filter, order }))
  const after = cursor === undefined ? undefined : resume(query, cursor, { list, order })
  const known = totals.known(list, version)
  const isCounted = known === undefined
  const found = await listModels(reader, { ...filter, limit, sort, page, after, isCounted })
  const total = known ?? found.total ?? (await countModels(reader, filter))
  if (isCounted) totals.learn(list, version, total)
  return {
    version,
    total,
    page: cursor === undefined ? page : null,
    limit,
    next: found.next ? writeCursor(found.next, list) : null,
    models: found.models.map(viewModel),
  }
}

function resume(
  { page }: ModelListQuery,
  cursor: string,
  { list, order }: { list: Json; order: ModelSort | 'match' },
): ModelPlace {
  if (page === undefined) return readCursor(cursor, list, order)
  throw new InvalidParameter('cursor', 'is not for use together with page')
}
