import type { CatalogChanged } from './change.ts'

/** Versions that exist and were not heard, both ends included. */
export interface VersionGap {
  from: number
  to: number
}

/**
 * Puts changes in order. Pure: it neither reads nor waits. What is heard may come twice, in any
 * order and with holes; what is taken has every version once, ascending by one.
 */
export interface VersionOrder {
  /** The version that was taken last. */
  readonly last: number
  /** The newest version that is known to exist. */
  readonly newest: number
  hear(change: CatalogChanged): void
  /** A version exists, whatever is in it. */
  hearOf(version: number): void
  has(version: number): boolean
  /** The change after `last`, when it was heard. */
  take(): CatalogChanged | undefined
  /** The first hole, when what follows `last` was not heard. */
  gap(): VersionGap | undefined
  /** Goes on after `version`, higher or lower. */
  restart(version: number): void
}

/** Beyond `capacity` the highest changes are dropped and replayed when their turn comes. */
export function createVersionOrder(start: number, capacity = 1000): VersionOrder {
  const heard = new Map<number, CatalogChanged>()
  let last = start
  let newest = start
  return {
    get last() {
      return last
    },
    get newest() {
      return newest
    },
    hear(change) {
      newest = Math.max(newest, change.version)
      if (change.version <= last) return
      heard.set(change.version, change)
      if (heard.size > capacity) heard.delete(Math.max(...heard.keys()))
    },
    hearOf(version) {
      newest = Math.max(newest, version)
    },
    has: (version) => heard.has(version),
    take() {
      const next = heard.get(last + 1)
      if (next) heard.delete(++last)
      return next
    },
    gap() {
      if (heard.has(last + 1) || newest <= last) return undefined
      const after = Math.min(newest + 1, ...heard.keys())
      return { from: last + 1, to: after - 1 }
    },
    restart(version) {
      // Going back, everything heard belongs to a past that was undone.
      const isBack = version < last
      for (const known of heard.keys()) if (isBack || known <= version) heard.delete(known)
      newest = isBack ? version : Math.max(newest, version)
      last = version
    },
  }
}
