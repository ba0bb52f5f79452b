/**
 * Answers in Redis, so that what one process has read from PostgreSQL serves the others. It is only a
 * help: whatever Redis does, the worst is that an answer is made once more.
 */
import { hash } from 'node:crypto'
import { z } from 'zod'
import { parseJson } from '../../json.ts'
import { version as softwareVersion } from '../../version.ts'
import { createAnswer, type Answer } from './answer.ts'

/** The part of a Redis client that is used here. */
export interface AnswerRedis {
  getBuffer: (key: string) => Promise<Buffer | null>
  set: (key: string, value: Buffer, ttl: 'PX', ms: number) => Promise<unknown>
}

export interface StoredAnswer {
  answer: Answer
  /** By this process's clock; negative where that is behind the one of the process that made it. */
  ageMs: number
}

export interface RedisAnswers {
  /** Undefined: it is not there, or Redis does not answer. */
  read: (version: number, key: string) => Promise<StoredAnswer | undefined>
  /** A moment later: by then who asked for it has it, and a large body does not keep them waiting. */
  write: (key: string, answer: Answer, ttlMs: number) => void
  /** What is not written yet stays so. */
  close: () => void
}

const writeAfterMs = 50
/** Larger ones cost Redis more than they save. */
const maxBytes = 8 * 1024 * 1024

const Head = z.object({
  /** When it was stored, in ms since 1970. */
  madeAt: z.number(),
  version: z.number(),
  committedAt: z.string().optional(),
  contentType: z.string(),
  link: z.string().optional(),
  isMeasured: z.boolean().optional(),
  isFormat: z.boolean().optional(),
})

export function createRedisAnswers(
  redis: () => AnswerRedis,
  prefix: string,
  onFailure: (error: Error) => void,
  now: () => number = Date.now,
): RedisAnswers {
  const waiting = new Set<NodeJS.Timeout>()
  const failed = (error: unknown): undefined => {
    onFailure(error instanceof Error ? error : new Error(String(error)))
  }
  // Of the software's version too: two releases at the same time need not answer alike.
  const nameOf = (version: number, key: string) =>
    `${prefix}:answer:${softwareVersion}:${version}:${hash('sha256', key, 'base64url')}`
  return {
    async read(version, key) {
      try {
        const stored = await redis().getBuffer(nameOf(version, key))
        return stored === null ? undefined : unpack(stored, now())
      } catch (error) {
        return failed(error)
      }
    },
    write(key, answer, ttlMs) {
      if (answer.body.length > maxBytes) return
      const [name, madeAt] = [nameOf(answer.version, key), now()]
      const timer = setTimeout(() => {
        waiting.delete(timer)
        redis().set(name, pack(answer, madeAt), 'PX', ttlMs).catch(failed)
      }, writeAfterMs)
      waiting.add(timer)
    },
    close() {
      for (const timer of waiting) clearTimeout(timer)
    },
  }
}

/** One line of JSON, then the body as it is. */
function pack(answer: Answer, madeAt: number): Buffer {
  const { version, committedAt, contentType, link, isMeasured, isFormat, body } = answer
  const head = JSON.stringify({
    madeAt,
    version,
    committedAt: committedAt?.toISOString(),
    contentType,
    link,
    isMeasured,
    isFormat,
  })
  return Buffer.concat([Buffer.from(`${head}\n`), body])
}

function unpack(stored: Buffer, readAt: number): StoredAnswer | undefined {
  const end = stored.indexOf('\n')
  const head = Head.safeParse(parseJson(stored.subarray(0, Math.max(end, 0)).toString() || 'null'))
  if (!head.success) return undefined
  const { committedAt, madeAt, ...facts } = head.data
  const answer = createAnswer({
    ...facts,
    committedAt: committedAt === undefined ? undefined : new Date(committedAt),
    body: stored.subarray(end + 1),
  })
  return { answer, ageMs: readAt - madeAt }
}
