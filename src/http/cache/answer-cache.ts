/**
 * Answers that are kept until the catalog has a newer version. In this process first, then in Redis,
 * then made anew; made once, however many ask at the same time. A version that was announced makes
 * every older answer unfit at once, so nothing is deleted one by one; the time to live is only for the
 * case that no announcement comes.
 */
import { LRUCache } from 'lru-cache'
import { toPlumblineError, type PlumblineError } from '../../errors.ts'
import { coalesced } from '../../events/coalesced.ts'
import type { Metrics } from '../../metrics.ts'
import type { CatalogWatch } from '../catalog-watch.ts'
import type { Answer } from './answer.ts'
import type { RedisAnswers } from './redis-answers.ts'

export interface AnswerSource {
  /** Reads the catalog; the answer says of which version it is. */
  make: () => Promise<Answer>
  ttlMs: number
}

export interface AnswerCache {
  /** At once, where this process has it at the newest version; counted as a hit. */
  fresh: (key: string) => Answer | undefined
  /**
   * Throws what `make` throws, unless the reason is PostgreSQL and an older answer is left: better
   * that than nothing, and its version tells.
   */
  obtain: (key: string, source: AnswerSource) => Promise<Answer>
  /** Resolves when nothing is being warmed. */
  close: () => Promise<void>
}

export interface AnswerCacheOptions {
  watch: CatalogWatch
  shared: RedisAnswers
  metrics: Pick<Metrics, 'cacheRequests'>
  maxBytes: number
  now?: () => number
}

interface Entry extends AnswerSource {
  answer: Answer
  storedAt: number
  /** Since the last change of the catalog: what is asked for often is made before it is asked for. */
  hits: number
}

interface Flight {
  /** What joins it must be content with an answer of this version. */
  startedAt: number
  answer: Promise<Answer>
}

/** Answers that are made anew after a change, at most; each costs the database a few milliseconds. */
const warmedAnswers = 30
const hotFromHits = 2

export function createAnswerCache(options: AnswerCacheOptions): AnswerCache {
  const { watch, shared, maxBytes, now = Date.now } = options
  const entries = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    // Its compressed forms come later: half of the body's size stands for them.
    sizeCalculation: ({ answer }) => Math.ceil(answer.bytes * 1.5),
  })
  const flights = new Map<string, Flight>()
  const count = (layer: 'memory' | 'redis', result: 'hit' | 'miss' | 'stale') =>
    options.metrics.cacheRequests.inc({ layer, result })
  const countHit = options.metrics.cacheRequests.counter({ layer: 'memory', result: 'hit' })

  const newest = () => watch.version ?? 0
  const isFresh = ({ answer, storedAt, ttlMs }: Entry) =>
    answer.version >= newest() && now() - storedAt < ttlMs

  async function make(key: string, source: AnswerSource): Promise<Answer> {
    const { version } = watch
    const found = version === undefined ? undefined : await shared.read(version, key)
    if (version !== undefined) count('redis', found ? 'hit' : 'miss')
    const answer = found?.answer ?? (await source.make())
    if (!found) shared.write(key, answer, source.ttlMs)
    const storedAt = now() - (found ? ageWithin(source.ttlMs, found.ageMs) : 0)
    entries.set(key, { ...source, answer, storedAt, hits: entries.peek(key)?.hits ?? 0 })
    return answer
  }

  function fly(key: string, source: AnswerSource): Promise<Answer> {
    const flying = flights.get(key)
    // What was begun before a change may not know of it.
    if (flying && flying.startedAt >= newest()) return flying.answer
    const flight: Flight = { startedAt: newest(), answer: make(key, source) }
    flights.set(key, flight)
    const land = () => {
      if (flights.get(key) === flight) flights.delete(key)
    }
    flight.answer.then(land, land)
    return flight.answer
  }

  async function orOlder(key: string, source: AnswerSource): Promise<Answer> {
    try {
      return await fly(key, source)
    } catch (error) {
      const older = entries.peek(key)
      if (!older || !isOutage(toPlumblineError(error))) throw error
      count('memory', 'stale')
      return older.answer
    }
  }

  const warm = coalesced(async () => {
    const hot = [...entries.entries()]
      .filter(([, { hits }]) => hits >= hotFromHits)
      .sort(([, a], [, b]) => b.hits - a.hits)
      .slice(0, warmedAnswers)
    for (const entry of entries.values()) entry.hits = Math.floor(entry.hits / 2)
    // One after the other: those who ask go first. What fails here is told to who asks.
    for (const [key, entry] of hot)
      if (!isFresh(entry)) await fly(key, entry).catch(() => undefined)
  })
  const unsubscribe = watch.onChange((change) => {
    // A catalog that was restored from a backup counts from a lower version again.
    if (change.type === 'reset') entries.clear()
    void warm()
  })

  return {
    fresh(key) {
      const entry = entries.get(key)
      if (!entry || !isFresh(entry)) return undefined
      entry.hits += 1
      countHit()
      return entry.answer
    },
    async obtain(key, source) {
      count('memory', 'miss')
      return orOlder(key, source)
    },
    async close() {
      unsubscribe()
      await warm()
      shared.close()
    },
  }
}

/**
 * What another process made lives on for what is left of its time, not for all of it again. Redis has
 * ended it by then, so an age beyond that is the difference of two clocks, as is one below zero.
 */
function ageWithin(ttlMs: number, ageMs: number): number {
  return Math.min(Math.max(ageMs, 0), ttlMs)
}

function isOutage({ code }: PlumblineError): boolean {
  return code === 'database_unavailable'
}
