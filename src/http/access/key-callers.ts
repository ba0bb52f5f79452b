/**
 * From an API key to its caller. What was read is believed for some seconds, so that a revocation works
 * within them on every process; a key in use is read again before that, behind its requests. While
 * PostgreSQL does not answer it is believed for an hour: its outage closes no door that was open.
 */
import { LRUCache } from 'lru-cache'
import { PlumblineError } from '../../errors.ts'
import type { StoredApiKey } from '../../history/api-keys.ts'
import { hashSecret, isSameSecret, parseKeyText, type KeyText } from '../../history/key-text.ts'
import { withinLimit } from '../../within-limit.ts'
import { newCaller, type Caller } from '../caller.ts'
import { unauthenticated } from './credentials.ts'

export interface KeyCallers {
  /** Whether it has the form of a key of ours, valid or not. */
  isOurs: (text: string) => boolean
  /** At once, where it is known; undefined: ask `find`. */
  known: (text: string) => Caller | undefined
  /** Throws `unauthenticated`; `database_unavailable` where nothing is known of the key. */
  find: (text: string) => Promise<Caller>
}

export interface KeyCallersOptions {
  readKey: (id: string) => Promise<StoredApiKey | undefined>
  /** Is called at most once a minute per key, and not waited for. */
  recordUse: (id: string) => Promise<void>
  /** The bootstrap key. */
  adminKey: string | undefined
  now?: () => number
}

/** Nobody waits for a key that was read, or could not be read, within this time. */
const believedMs = 5000
const readAgainAfterMs = 2500
const restAfterFailureMs = 1000
const believedInOutageMs = 60 * 60_000
const readWithinMs = 2000
const usedEveryMs = 60_000
const recordAgainAfterMs = 5000

interface Known {
  key: StoredApiKey | undefined
  caller: Caller | undefined
  readAt: number
  /** When reading it again failed last. */
  failedAt: number
  /** When its use was recorded last. */
  usedAt: number
}

export function createKeyCallers(options: KeyCallersOptions): KeyCallers {
  const { readKey, recordUse, adminKey, now = Date.now } = options
  const adminHash = adminKey === undefined ? undefined : hashSecret(adminKey)
  const admin = newCaller('admin', 'admin', ['admin'], null)
  const keys = new LRUCache<string, Known>({ max: 10_000 })
  // Apart, so that guesses push out no key that is in use.
  const guesses = new LRUCache<string, Known>({ max: 1000 })
  const asking = new Map<string, Promise<StoredApiKey | undefined>>()
  const reading = new Map<string, Promise<Known>>()

  const isBelieved = ({ readAt, failedAt }: Known) =>
    now() - Math.max(readAt, failedAt) < believedMs
  const isToRead = ({ readAt, failedAt }: Known) =>
    now() - readAt > readAgainAfterMs && now() - failedAt > restAfterFailureMs

  /** A query that hangs is waited for again, not sent again: it holds a connection as long as it does. */
  function ask(id: string): Promise<StoredApiKey | undefined> {
    const running = asking.get(id)
    if (running) return running
    const started = readKey(id).finally(() => asking.delete(id))
    asking.set(id, started)
    return started
  }

  async function read(id: string): Promise<Known> {
    const before = keys.get(id)
    try {
      const key = await withinLimit(readWithinMs, () => ask(id))
      const caller = key && newCaller('key', `key:${key.id}`, key.scopes, key.tier)
      const known = { key, caller, readAt: now(), failedAt: 0, usedAt: before?.usedAt ?? 0 }
      keys.delete(id)
      guesses.delete(id)
      ;(key ? keys : guesses).set(id, known)
      return known
    } catch (cause) {
      if (!before || now() - before.readAt > believedInOutageMs) throw unreadable(cause)
      before.failedAt = now()
      return before
    }
  }

  /** Once, however many wait for it. */
  function readOnce(id: string): Promise<Known> {
    const running = reading.get(id)
    if (running) return running
    const started = read(id).finally(() => reading.delete(id))
    reading.set(id, started)
    return started
  }

  function noteUse(id: string, known: Known): void {
    if (now() - known.usedAt < usedEveryMs) return
    known.usedAt = now()
    recordUse(id).catch(() => (known.usedAt = now() - usedEveryMs + recordAgainAfterMs))
  }

  function callerOf({ id, secret }: KeyText, known: Known): Caller | string {
    const { key, caller } = known
    // An unknown id costs the same comparison as a wrong secret.
    const isRight = isSameSecret(secret, key?.hash ?? nobodysHash)
    if (!key || !caller || !isRight) return 'There is no such API key.'
    if (key.revokedAt !== null) return 'The API key was revoked.'
    if (key.expiresAt !== null && key.expiresAt.getTime() <= now())
      return 'The API key has expired.'
    noteUse(id, known)
    return caller
  }

  return {
    isOurs: (text) =>
      text.startsWith('plb_') || (adminHash !== undefined && isSameSecret(text, adminHash)),
    known(text) {
      if (adminHash !== undefined && isSameSecret(text, adminHash)) return admin
      const parsed = parseKeyText(text)
      const known = parsed && keys.get(parsed.id)
      if (!known || !isBelieved(known)) return undefined
      if (isToRead(known)) readOnce(parsed.id).catch(() => undefined)
      const caller = callerOf(parsed, known)
      return typeof caller === 'string' ? undefined : caller
    },
    async find(text) {
      const parsed = parseKeyText(text)
      if (!parsed) throw unauthenticated('This is no API key of ours.')
      const kept = keys.get(parsed.id) ?? guesses.get(parsed.id)
      const known = kept && isBelieved(kept) ? kept : await readOnce(parsed.id)
      const caller = callerOf(parsed, known)
      if (typeof caller === 'string') throw unauthenticated(caller)
      return caller
    },
  }
}

const nobodysHash = hashSecret('')

/** Whatever the reason is that one row cannot be read in time. */
function unreadable(cause: unknown): PlumblineError {
  return new PlumblineError('database_unavailable', 'API keys cannot be read.', {
    cause,
    retryable: true,
    retryAfterMs: 5000,
  })
}
