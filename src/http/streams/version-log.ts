/**
 * The log of versions for all streams of this process. PostgreSQL is what streams read, whether they
 * replay or are up to date; announcements only say that there is something to read. So a stream needs
 * no memory of what it missed, and what many ask for at the same time is read once.
 */
import { LRUCache } from 'lru-cache'
import type { ReadPool } from '../../catalog/read-pool.ts'
import { readVersionsAfter, type VersionPage } from '../../catalog/read-versions.ts'
import { readVersion } from '../../catalog/versions.ts'
import type { CatalogWatch } from '../catalog-watch.ts'
import { atMost } from './at-most.ts'

export interface ReadPage extends VersionPage {
  /** By `performance.now()`, before it was asked for. */
  readAt: number
}

export interface VersionLog {
  /** The newest version that PostgreSQL has. */
  head: () => Promise<number>
  /** What follows a version. */
  after: (version: number) => Promise<ReadPage>
  /** Calls back when there may be more to read. Returns how to end it. */
  onNews: (listener: () => void) => () => void
  /** How often the catalog went back to an older version since the start; `to` = where it was then. */
  readonly rewinds: { count: number; to: number }
  /** How long ago it was last certain that no announcement was missed. */
  readonly staleForMs: number
  close: () => void
}

/** Clients that all come back at once, each with a version of its own, leave connections to others. */
const readsAtATime = 3
/** Pages that are kept until the next announcement. */
const keptPages = 20

export function createVersionLog({
  reads,
  watch,
}: {
  reads: ReadPool
  watch: CatalogWatch
}): VersionLog {
  const listeners = new Set<() => void>()
  const pages = new LRUCache<number, Promise<ReadPage>>({ max: keptPages })
  const inTurn = atMost(readsAtATime)
  let rewinds = { count: 0, to: 0 }
  const unsubscribe = watch.onChange((change) => {
    pages.clear()
    if (change.type === 'reset' && change.reason === 'rewound')
      rewinds = { count: rewinds.count + 1, to: change.version }
    for (const listener of listeners) listener()
  })

  function read(version: number): Promise<ReadPage> {
    const page = inTurn(async () => {
      const readAt = performance.now()
      const found = await reads.inSnapshot((reader) => readVersionsAfter(reader, version))
      return { ...found, readAt }
    })
    pages.set(version, page)
    page.catch(() => {
      if (pages.peek(version) === page) pages.delete(version)
    })
    return page
  }

  return {
    head: () => reads.inSnapshot(readVersion),
    after: (version) => pages.get(version) ?? read(version),
    onNews(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    get rewinds() {
      return rewinds
    },
    get staleForMs() {
      return watch.staleForMs
    },
    close: unsubscribe,
  }
}
