/** How many models a list has: counted once per version, however many of its pages are read. */
import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { canonicalJson, type Json } from '../json.ts'

/** `list` says which one, and what was counted holds for the catalog at `version` alone. */
export interface Totals {
  known: (list: Json, version: number) => number | undefined
  learn: (list: Json, version: number, total: number) => void
}

export function createTotals(): Totals {
  const counted = new LRUCache<string, { version: number; total: number }>({ max: 5000 })
  const keyOf = (list: Json) => hash('sha256', canonicalJson(list), 'base64url')
  return {
    known(list, version) {
      const known = counted.get(keyOf(list))
      return known?.version === version ? known.total : undefined
    },
    learn(list, version, total) {
      counted.set(keyOf(list), { version, total })
    },
  }
}
