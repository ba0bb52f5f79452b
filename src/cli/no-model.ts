import { modelKey } from '../catalog/model.ts'
import type { Reader } from '../catalog/database.ts'
import { listModels } from '../catalog/read-models.ts'
import { PlumblineError } from '../errors.ts'

const suggestions = 3

/** The error for an id that is not in the catalog, with what was probably meant. */
export async function noModel(reader: Reader, id: string): Promise<PlumblineError> {
  const { models } = await listModels(reader, { search: id, limit: suggestions, page: 1 })
  const similar = models.map(modelKey).join(', ')
  return new PlumblineError('not_found', `There is no model ${id}.`, {
    nextStep:
      similar === ''
        ? 'Ids are provider/model-id; look for it with: plumbline models search'
        : `Did you mean ${similar}?`,
  })
}
