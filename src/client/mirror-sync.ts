/**
 * Keeps a mirror at a version. It reads everything once, page by page, while the catalog may move on;
 * follows from the lowest version of those pages; and reads again what changed since. So it ends at one
 * version, whatever the pages were of. From then on it reads again what each version names.
 */
import { createBackoff } from './backoff.ts'
import type { CatalogChange } from './change.ts'
import { createMirrorDraft, type MirrorDraft } from './mirror-draft.ts'
import type { ModelReader } from './mirror-reader.ts'
import type { CatalogModel } from './models.ts'
import { oneAtATime } from './one-at-a-time.ts'

export interface MirrorSyncOptions {
  reader: ModelReader
  /** Calls back for each version after the given one. Returns how to end it. */
  follow: (
    sinceVersion: number,
    onChange: (change: CatalogChange) => void,
  ) => Promise<() => Promise<void>>
  /** The ids that the mirror has now, of a provider or (null) of all. */
  held: (provider: string | null) => Iterable<string>
  /** In one step. The first time it is everything; later what changed, undefined = remove. */
  put: (version: number, models: Map<string, CatalogModel | undefined>, isAll: boolean) => void
  /** There is something that is not put yet. */
  onBehind: () => void
  /** Reading what changed has failed; it is tried again. */
  onFailure: (error: unknown) => void
  signal: AbortSignal
}

/** Nobody tells the versions that the pages were of: the catalog went back meanwhile. */
const beginAnewAfterMs = 60_000

/**
 * Resolves when everything has to be read anew (the catalog was reset), or when the signal is aborted.
 * Throws what reading everything throws.
 */
export async function syncMirror(options: MirrorSyncOptions): Promise<void> {
  const { reader, held, signal } = options
  const draft = createMirrorDraft()
  const lowest = await stageAll(draft, reader)
  let end = (): void => {}
  const over = new Promise<void>((resolve) => (end = resolve))
  signal.addEventListener('abort', () => end(), { once: true })
  const stuck = setTimeout(() => !settling.hasPut && end(), beginAnewAfterMs)
  const settling = createSettling(options, draft)
  settling.told(lowest)
  const unfollow = await options.follow(lowest, (change) => {
    if (change.type === 'reset') return end()
    options.onBehind()
    if (!settling.hasPut) stuck.refresh()
    draft.hear(change, held)
    settling.told(change.version)
  })
  try {
    await over
  } finally {
    clearTimeout(stuck)
    settling.stop()
    await unfollow()
  }
}

/** Returns the lowest version of the pages. */
async function stageAll(draft: MirrorDraft, reader: ModelReader): Promise<number> {
  let lowest = Number.POSITIVE_INFINITY
  for await (const { version, models } of reader.list(null)) {
    lowest = Math.min(lowest, version)
    draft.readAt(version)
    for (const model of models) draft.stage(model.id, model, version)
  }
  return lowest
}

/** Reads what the draft lacks, and puts it in place when it is whole. */
function createSettling({ reader, held, put, onFailure }: MirrorSyncOptions, draft: MirrorDraft) {
  const backoff = createBackoff(500)
  let toldVersion = 0
  let hasPut = false
  const stopped = new AbortController()
  let retry: NodeJS.Timeout | undefined
  const settle = oneAtATime(async () => {
    clearTimeout(retry)
    try {
      while (!stopped.signal.aborted && (await readMissing(draft, reader, held)));
      backoff.reset()
    } catch (error) {
      if (stopped.signal.aborted) return
      onFailure(error)
      retry = setTimeout(settle, backoff.nextMs())
    }
    if (stopped.signal.aborted || !draft.isWhole(toldVersion)) return
    put(toldVersion, draft.take(), !hasPut)
    hasPut = true
  })
  return {
    get hasPut() {
      return hasPut
    },
    told(version: number) {
      toldVersion = version
      settle()
    },
    stop() {
      stopped.abort()
      clearTimeout(retry)
    },
  }
}

/** False: nothing was missing. */
async function readMissing(
  draft: MirrorDraft,
  reader: ModelReader,
  held: MirrorSyncOptions['held'],
): Promise<boolean> {
  const [due] = draft.toList
  if (due) {
    await listAgain(draft, reader, due, held)
    return true
  }
  const { ids, minVersion } = draft.toRead
  for await (const batch of reader.batches(ids, minVersion)) {
    const found = new Map(batch.models.map((model) => [model.id, model]))
    for (const id of batch.ids) draft.stage(id, served(found.get(id)), batch.version)
  }
  return ids.length > 0
}

async function listAgain(
  draft: MirrorDraft,
  reader: ModelReader,
  [provider, minVersion]: [string | null, number],
  held: MirrorSyncOptions['held'],
): Promise<void> {
  const absent = new Set(held(provider))
  let lowest = Number.POSITIVE_INFINITY
  for await (const { version, models } of reader.list(provider)) {
    if (version < minVersion) throw new Error(`A page is of version ${version}, not ${minVersion}.`)
    lowest = Math.min(lowest, version)
    draft.readAt(version)
    for (const model of models) {
      absent.delete(model.id)
      draft.stage(model.id, model, version)
    }
  }
  for (const id of absent) draft.stage(id, undefined, lowest)
  draft.listed(provider, lowest)
}

/** Retired models are there by their ids, and in no list. */
function served(model: CatalogModel | undefined): CatalogModel | undefined {
  return model?.lifecycle === 'retired' ? undefined : model
}
