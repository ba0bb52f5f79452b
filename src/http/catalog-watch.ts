/**
 * What this process knows of the catalog's version: from the announcements, and asked of PostgreSQL
 * every two seconds, since announcements are only hints. The same client that other services use.
 */
import { followCatalog, type CatalogChange } from '../client/index.ts'
import type { EventsLog } from '../events/outage-log.ts'

export interface CatalogWatch {
  /** Undefined: PostgreSQL has not answered yet. */
  readonly version: number | undefined
  /** How long ago it was last certain that nothing was missed; Infinity: never. */
  readonly staleForMs: number
  /** In order, each version once; a throw of one listener is no harm to the others. Returns how to end it. */
  onChange: (listener: ChangeListener) => () => void
  close: () => Promise<void>
}

export type ChangeListener = (change: CatalogChange) => void

export interface CatalogWatchOptions {
  databaseUrl: string
  redisUrl: string
  prefix: string
  log: EventsLog
}

/** Begins at once and goes on trying; nothing waits for it. */
export function watchCatalog(options: CatalogWatchOptions): CatalogWatch {
  const { databaseUrl, redisUrl, prefix, log } = options
  const listeners = new Set<ChangeListener>()
  const ended = new AbortController()
  let version: number | undefined
  const following = followCatalog({
    databaseUrl,
    redisUrl,
    prefix,
    signal: ended.signal,
    onChange(change) {
      version = change.version
      for (const listener of listeners) tell(listener, change, log)
    },
    onError: (error) => log.warn({ err: error }, 'following the catalog'),
  })
  let follower: Awaited<typeof following> | undefined
  const started = begin()
  async function begin(): Promise<void> {
    try {
      follower = await following
      version ??= follower.version
    } catch {
      // It was closed before it had begun.
    }
  }
  return {
    get version() {
      return version
    },
    get staleForMs() {
      return follower?.staleForMs ?? Number.POSITIVE_INFINITY
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async close() {
      listeners.clear()
      ended.abort()
      await started
      await follower?.close()
    },
  }
}

function tell(listener: ChangeListener, change: CatalogChange, log: EventsLog): void {
  try {
    listener(change)
  } catch (error) {
    log.error({ err: error, version: change.version }, 'a listener to changes failed')
  }
}
