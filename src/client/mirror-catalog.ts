import { startMirror, type MirrorOptions } from './keep-mirror.ts'
import type { CatalogModel } from './models.ts'

export interface MirrorCatalogOptions extends MirrorOptions {
  /** Ends the mirror, as `close` does. */
  signal?: AbortSignal
}

/** All models that are served, in memory, always of one version. */
export interface CatalogMirror {
  readonly version: number
  readonly size: number
  get(id: string): CatalogModel | undefined
  /** Of one version, and never changed afterwards: a later version is another array. */
  all(): readonly CatalogModel[]
  /** How long ago it was last certain that this version is the newest. */
  readonly staleForMs: number
  /** Whether `staleForMs` is above `afterMs`, by default three heartbeats. */
  isStale(afterMs?: number): boolean
  /** The models stay, and grow old. Idempotent. */
  close(): Promise<void>
}

/**
 * A copy of the catalog in memory that follows the API. Readers never see half of a version:
 *
 *     const mirror = await mirrorCatalog({ url: 'https://plumbline.example', apiKey: 'plb_…' })
 *     mirror.get('openai/gpt-5')?.prices.input
 *
 * Resolves when everything is read, and tries until then. Rejects when `signal` is aborted, for a
 * `url` that is none, and when the API says that asking again is of no use (a wrong key).
 */
export async function mirrorCatalog(options: MirrorCatalogOptions): Promise<CatalogMirror> {
  const { signal, heartbeatSeconds = 5 } = options
  signal?.throwIfAborted()
  const closed = new AbortController()
  const abort = (): void => closed.abort()
  signal?.addEventListener('abort', abort, { once: true })
  const { state, filled, ended, staleForMs } = startMirror(options, closed.signal)
  try {
    await filled
  } catch (error) {
    closed.abort()
    throw error
  }
  return {
    get version() {
      return state.version ?? 0
    },
    get size() {
      return state.models.size
    },
    get: (id) => state.models.get(id),
    all: () => (state.list ??= [...state.models.values()]),
    get staleForMs() {
      return staleForMs()
    },
    isStale: (afterMs = 3000 * heartbeatSeconds) => staleForMs() > afterMs,
    async close() {
      signal?.removeEventListener('abort', abort)
      closed.abort()
      await ended
    },
  }
}
