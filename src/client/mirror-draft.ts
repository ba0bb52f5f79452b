/**
 * What a mirror will be next: models that changed and were, or have to be, read again. It is whole when
 * each was read at or after the version that changed it, and none was read at a version of which not all
 * is known: then putting it in place makes the mirror one version exactly. Pure: it neither reads nor waits.
 */
import type { CatalogChanged } from './change.ts'
import type { CatalogModel } from './models.ts'

export interface MirrorDraft {
  /** A version was told, in order. `held`: the ids that the mirror has of a provider, null = of all. */
  hear(change: CatalogChanged, held: (provider: string | null) => Iterable<string>): void
  /** Ids that have to be read, and the version that the answer must not be below. */
  readonly toRead: { ids: string[]; minVersion: number }
  /** Providers whose models have to be listed anew, null = all; with the version as above. */
  readonly toList: ReadonlyMap<string | null, number>
  /** Something was read at this version, if only that other models are not there. */
  readAt(version: number): void
  /** Read at this version; undefined: it is not there. */
  stage(id: string, model: CatalogModel | undefined, version: number): void
  /** All models of a provider were staged; `listedAt` is the lowest version of the pages. */
  listed(provider: string | null, listedAt: number): void
  /** Whether everything up to the version that was told last can be put in place. */
  isWhole(toldVersion: number): boolean
  readonly isEmpty: boolean
  /** What to put in place: id → model, undefined = remove. The draft is empty afterwards. */
  take(): Map<string, CatalogModel | undefined>
}

export function createMirrorDraft(): MirrorDraft {
  const changedAt = new Map<string, number>()
  const staged = new Map<string, { model: CatalogModel | undefined; readAt: number }>()
  const toList = new Map<string | null, number>()
  let highestRead = 0

  const isRead = (id: string, version: number): boolean => {
    const read = staged.get(id)
    return read !== undefined && read.readAt >= version
  }
  const unread = () => [...changedAt].filter(([id, version]) => !isRead(id, version))

  function readAt(version: number): void {
    highestRead = Math.max(highestRead, version)
  }

  function stage(id: string, model: CatalogModel | undefined, version: number): void {
    readAt(version)
    const before = staged.get(id)
    if (!before || before.readAt <= version) staged.set(id, { model, readAt: version })
  }
  const stagedOf = (provider: string | null) =>
    [...staged.keys()].filter((id) => provider === null || id.startsWith(`${provider}/`))

  return {
    hear({ version, provider, added, updated, removed, truncated }, held) {
      for (const id of [...added, ...updated.map((model) => model.id)]) changedAt.set(id, version)
      for (const id of removed) {
        changedAt.set(id, version)
        stage(id, undefined, version)
      }
      if (!truncated) return
      toList.set(provider, version)
      for (const id of [...held(provider), ...stagedOf(provider)]) changedAt.set(id, version)
    },
    get toRead() {
      const missing = unread()
      return {
        ids: missing.map(([id]) => id),
        minVersion: Math.max(0, ...missing.map(([, version]) => version)),
      }
    },
    toList,
    readAt,
    stage,
    listed(provider, listedAt) {
      const version = toList.get(provider)
      if (version !== undefined && listedAt >= version) toList.delete(provider)
    },
    isWhole: (toldVersion) =>
      toList.size === 0 && highestRead <= toldVersion && unread().length === 0,
    get isEmpty() {
      return changedAt.size === 0 && staged.size === 0 && toList.size === 0
    },
    take() {
      const models = new Map([...staged].map(([id, { model }]) => [id, model]))
      changedAt.clear()
      staged.clear()
      return models
    },
  }
}
