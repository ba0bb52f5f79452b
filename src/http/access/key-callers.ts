/**
 * From an API key to its caller. What was found is believed for some seconds, so a revocation works
 * within them on every process; and for some minutes while PostgreSQL is away, so that its outage
 * closes no door that was open.
 */
import { LRUCache } from 'lru-cache'
import { toPlumblineError } from '../../errors.ts'
import type { Db } from '../../catalog/database.ts'
import { findApiKey, recordKeyUse, type StoredApiKey } from '../../history/api-keys.ts'
import { hashSecret, isSameSecret, parseKeyText } from '../../history/key-text.ts'
import { newCaller, type Caller } from '../caller.ts'

export interface KeyCallers {
  /** Whether it has the form of a key of ours, valid or not. */
  isOurs: (text: string) => boolean
  /** At once, where it is known; undefined: ask `find`. */
  known: (text: string) => Caller | undefined
  /** Undefined: there is no such key, or it is not valid any more. */
  find: (text: string) => Promise<Caller | undefined>
}

export interface KeyCallersOptions {
  db: Db
  /** The bootstrap key. */
  adminKey: string | undefined
  now?: () => number
}

const believedMs = 5000
const believedInOutageMs = 10 * 60_000
const usedEveryMs = 60_000

interface Known {
  caller: Caller
  at: number
  expiresAt: number
}

export function createKeyCallers({ db, adminKey, now = Date.now }: KeyCallersOptions): KeyCallers {
  const knownByText = new LRUCache<string, Known>({ max: 10_000 })
  const usedAt = new LRUCache<string, number>({ max: 10_000 })
  const adminHash = adminKey === undefined ? undefined : hashSecret(adminKey)
  const admin = newCaller('admin', 'admin', ['admin'], null)

  function believed(text: string, forMs: number): Caller | undefined {
    // By its digest: no memory dump of this process has a key in it for longer than a request.
    const known = knownByText.get(hashSecret(text))
    if (!known || now() - known.at > forMs || now() >= known.expiresAt) return undefined
    return known.caller
  }

  function learn(text: string, key: StoredApiKey): Caller {
    const caller = newCaller('key', `key:${key.id}`, key.scopes, key.tier)
    const expiresAt = key.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY
    knownByText.set(hashSecret(text), { caller, at: now(), expiresAt })
    return caller
  }

  /** Never on the way of the request. */
  function noteUse(id: string): void {
    if (now() - (usedAt.get(id) ?? 0) < usedEveryMs) return
    usedAt.set(id, now())
    recordKeyUse(db, id).catch(() => usedAt.delete(id))
  }

  return {
    isOurs: (text) =>
      text.startsWith('plb_') || (adminHash !== undefined && isSameSecret(text, adminHash)),
    known: (text) => believed(text, believedMs),
    async find(text) {
      if (adminHash !== undefined && isSameSecret(text, adminHash)) return admin
      const parsed = parseKeyText(text)
      if (!parsed) return undefined
      try {
        const key = await findApiKey(db, parsed.id)
        // An unknown id costs the same comparison as a wrong secret.
        const isRight = isSameSecret(parsed.secret, key?.hash ?? hashSecret(parsed.id))
        if (!key || !isRight || !isValid(key, now())) {
          knownByText.delete(hashSecret(text))
          return undefined
        }
        noteUse(key.id)
        return learn(text, key)
      } catch (error) {
        const caller = believed(text, believedInOutageMs)
        if (caller && toPlumblineError(error).code === 'database_unavailable') return caller
        throw error
      }
    },
  }
}

function isValid({ expiresAt, revokedAt }: StoredApiKey, now: number): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt.getTime() > now)
}
