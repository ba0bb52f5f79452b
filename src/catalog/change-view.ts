/** A change as others see it; the shape is as stable as that of a model (model-view.ts). */
import type { Json } from '../json.ts'
import { modelKey } from './model.ts'
import type { CatalogChange, ToldKind } from './told-changes.ts'

export interface ChangeView {
  version: number
  committedAt: string
  /** `provider/model-id`. */
  id: string
  kind: ToldKind
  upstream: string | null
  runId: number | null
  /** Null: not stated, before or any more. */
  changes: { field: string; from: Json; to: Json }[]
}

export function viewChange(change: CatalogChange): ChangeView {
  const { version, committedAt, upstream, runId, kind, changes } = change
  return {
    version,
    committedAt: committedAt.toISOString(),
    id: modelKey(change),
    kind,
    upstream,
    runId,
    changes: changes.map(({ field, from = null, to = null }) => ({ field, from, to })),
  }
}
