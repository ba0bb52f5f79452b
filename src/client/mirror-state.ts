/** The models of a mirror, and how they go from one version to the next. */
import type { CatalogModel } from './models.ts'

export interface MirrorState {
  /** Undefined before it is filled. */
  version: number | undefined
  models: Map<string, CatalogModel>
  /** The same as an array, made when somebody asks for it. */
  list: CatalogModel[] | undefined
}

export interface MirrorUpdate {
  version: number
  /** Ids of models that were read anew, and of those that are not there any more. */
  changed: string[]
  removed: string[]
}

/** One step without a pause in it: nobody reads in between. `isAll`: what is not named is gone. */
export function putModels(
  state: MirrorState,
  version: number,
  models: ReadonlyMap<string, CatalogModel | undefined>,
  isAll: boolean,
): MirrorUpdate {
  const before = state.models
  const after = isAll ? new Map<string, CatalogModel>() : new Map(before)
  for (const [id, model] of models)
    if (model) after.set(id, model)
    else after.delete(id)
  const gone = isAll ? [...before.keys()] : [...models.keys()]
  const removed = gone.filter((id) => before.has(id) && !after.has(id))
  const changed = [...models].filter(([, model]) => model).map(([id]) => id)
  Object.assign(state, { version, models: after, list: undefined } satisfies MirrorState)
  return { version, changed, removed }
}

/** Of a provider, or (null) of all. */
export function* idsOf({ models }: MirrorState, provider: string | null): Generator<string> {
  for (const model of models.values())
    if (provider === null || model.provider === provider) yield model.id
}
