/** How many models a list has: counted once per version, however many of its pages are read. */
import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { canonicalJson, type Json } from '../json.ts'

export interface Totals {
  /** `list` says which one; `count` must see the catalog at `version`. */
  of: (list: Json, version: number, count: () => Promise<number>) => Promise<number>
}

export function createTotals(): Totals {
  const counted = new LRUCache<string, { version: number; total: number }>({ max: 5000 })
  return {
    async of(list, version, count) {
      const key = hash('sha256', canonicalJson(list), 'base64url')
      const known = counted.get(key)
      if (known?.version === version) return known.total
      const total = await count()
      counted.set(key, { version, total })
      return total
    },
  }
}
