import type { Reader } from '../catalog/database.ts'
import { isOpenTo, type Audience } from '../catalog/model-filter.ts'
import { parseModelKey } from '../catalog/model.ts'
import type { StoredModel } from '../catalog/models.ts'
import { readModel } from '../catalog/read-models.ts'
import { PlumblineError } from '../errors.ts'

/** Throws `not_found`, also for what the caller's tier does not have: nobody learns that it is there. */
export async function requireModel(
  reader: Reader,
  id: string,
  audience: Audience,
): Promise<StoredModel> {
  const key = parseModelKey(id)
  const model = key && (await readModel(reader, key))
  if (model && isOpenTo(model, audience)) return model
  throw new PlumblineError('not_found', `There is no model ${id.slice(0, 200)}.`, {
    nextStep: 'Search for it: /api/v1/models?search=…; ids are provider/model-id.',
  })
}
