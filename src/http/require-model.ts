import type { Reader } from '../catalog/database.ts'
import { isOpenTo, type Audience } from '../catalog/model-filter.ts'
import { modelKey, parseModelKey } from '../catalog/model.ts'
import type { StoredModel } from '../catalog/models.ts'
import { readModels } from '../catalog/read-models.ts'
import { isStorable } from '../control-characters.ts'
import { PlumblineError } from '../errors.ts'

/** Throws `not_found`, also for what the caller's tier does not have: nobody learns that it is there. */
export async function requireModel(
  reader: Reader,
  id: string,
  audience: Audience,
): Promise<StoredModel> {
  const [model] = await requireModels(reader, [id], audience)
  if (model) return model
  throw noModel(id)
}

/** In the order of the ids; throws `not_found` for the first that is not there. */
export async function requireModels(
  reader: Reader,
  ids: readonly string[],
  audience: Audience,
): Promise<StoredModel[]> {
  const keys = ids.map((id) => {
    // What no id of the catalog can be is not asked of the database, which could not even read it.
    const key = isStorable(id) ? parseModelKey(id) : undefined
    if (key) return key
    throw noModel(id)
  })
  const found = new Map(
    (await readModels(reader, keys))
      .filter((model) => isOpenTo(model, audience))
      .map((model) => [modelKey(model), model]),
  )
  return ids.map((id) => {
    const model = found.get(id)
    if (model) return model
    throw noModel(id)
  })
}

function noModel(id: string): PlumblineError {
  return new PlumblineError('not_found', `There is no model ${id.slice(0, 200)}.`, {
    nextStep: 'Search for it: /api/v1/models?search=…; ids are provider/model-id.',
  })
}
