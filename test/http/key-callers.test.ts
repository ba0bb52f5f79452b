import { describe, expect, it, vi } from 'vitest'
import {
  createKeyCallers,
  type KeyCallers,
  type KeyCallersOptions,
} from '../../src/http/access/key-callers.ts'
import type { StoredApiKey } from '../../src/history/api-keys.ts'
import { hashSecret, newKeyText } from '../../src/history/key-text.ts'

interface Bench {
  callers: KeyCallers
  /** The text of a key that is stored. */
  text: string
  stored: StoredApiKey
  reads: () => number
  uses: string[]
  /** So far away is PostgreSQL from now on. */
  answerWith: (read: KeyCallersOptions['readKey']) => void
  failUses: () => void
  passMs: (ms: number) => void
}

function open(): Bench {
  const { id, secret, text } = newKeyText()
  const stored: StoredApiKey = {
    id,
    name: 'test',
    scopes: ['read'],
    tier: 'pro',
    hash: hashSecret(secret),
    createdAt: new Date(0),
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
  }
  let now = 1_000_000
  let reads = 0
  let failing = false
  const uses: string[] = []
  let read: KeyCallersOptions['readKey'] = async (asked) => (asked === id ? stored : undefined)
  const callers = createKeyCallers({
    readKey: (asked) => {
      reads += 1
      return read(asked)
    },
    recordUse: async (used) => {
      uses.push(used)
      if (failing) await away()
    },
    adminKey: 'the-bootstrap-key',
    now: () => now,
  })
  return {
    callers,
    text,
    stored,
    uses,
    reads: () => reads,
    failUses: () => (failing = true),
    answerWith: (other) => (read = other),
    passMs: (ms) => (now += ms),
  }
}

const away = () => Promise.reject(new Error('connect ECONNREFUSED'))
const refused = { code: 'unauthenticated' }

/** What has begun behind a request has ended. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('a key', () => {
  it('is read once for everybody who shows it at the same time', async () => {
    const { callers, text, reads } = open()
    const found = await Promise.all([1, 2, 3].map(() => callers.find(text)))
    expect(found).toMatchObject([{ tier: 'pro' }, { tier: 'pro' }, { tier: 'pro' }])
    expect(reads()).toBe(1)
    expect(callers.known(text)).toBe(found[0])
  })

  it('that stays in use is read again behind its requests, and nobody waits', async () => {
    const { callers, text, reads, passMs } = open()
    await callers.find(text)
    for (let second = 0; second < 30; second++) {
      passMs(1000)
      expect(callers.known(text)).toBeDefined()
      await settle()
    }
    expect(reads()).toBeGreaterThanOrEqual(10)
  })

  it.each([
    ['revoked', { revokedAt: new Date() }, 'The API key was revoked.'],
    ['gone', undefined, 'There is no such API key.'],
  ])('that is %s is refused after five seconds at the latest', async (_how, change, message) => {
    const { callers, text, stored, passMs, answerWith } = open()
    await callers.find(text)
    answerWith(async () => change && { ...stored, ...change })
    passMs(5000)
    expect(callers.known(text)).toBeUndefined()
    await expect(callers.find(text)).rejects.toMatchObject({ ...refused, message })
  })

  it('is refused from the moment when it expires, also while it is believed', async () => {
    const { callers, text, stored, passMs, answerWith } = open()
    answerWith(async () => ({ ...stored, expiresAt: new Date(1_000_000 + 1500) }))
    await callers.find(text)
    passMs(1000)
    expect(callers.known(text)).toBeDefined()
    passMs(500)
    expect(callers.known(text)).toBeUndefined()
    await expect(callers.find(text)).rejects.toMatchObject(refused)
  })

  it('with a wrong secret, or with an id that nobody has, is the same refusal', async () => {
    const { callers, stored } = open()
    const other = newKeyText()
    const wrong = { ...refused, message: 'There is no such API key.' }
    for (const text of [other.text, `plb_${stored.id}_${other.secret}`]) {
      await expect(callers.find(text)).rejects.toMatchObject(wrong)
      expect(callers.known(text)).toBeUndefined()
    }
  })

  it('that nobody has is asked of the database once in a while', async () => {
    const { callers, reads } = open()
    const { text } = newKeyText()
    for (let guess = 0; guess < 10; guess++)
      await expect(callers.find(text)).rejects.toMatchObject(refused)
    expect(reads()).toBe(1)
  })

  it('has its use noted once a minute', async () => {
    const { callers, text, uses, stored, passMs } = open()
    await callers.find(text)
    for (let second = 0; second < 90; second++) {
      passMs(1000)
      callers.known(text)
      await settle()
    }
    expect(uses).toEqual([stored.id, stored.id])
  })
})

describe('while PostgreSQL is away', () => {
  it('the use of a key is not tried to be noted at every request', async () => {
    const { callers, text, uses, failUses, passMs } = open()
    failUses()
    await callers.find(text)
    for (let request = 0; request < 100; request++) {
      passMs(100)
      callers.known(text)
      await settle()
    }
    expect(uses).toHaveLength(2)
  })

  it('a key that was known is taken for an hour, without waiting', async () => {
    const { callers, text, answerWith, passMs } = open()
    await callers.find(text)
    answerWith(away)
    let waited = 0
    for (let second = 0; second < 3600 - 10; second += 2) {
      passMs(2000)
      if (!callers.known(text)) waited += 1
      await settle()
    }
    expect(waited).toBe(0)
    passMs(20_000)
    await expect(callers.find(text)).rejects.toMatchObject({ code: 'database_unavailable' })
  })

  it('a key that was not known cannot be judged: not the caller is wrong', async () => {
    const { callers, text, answerWith } = open()
    answerWith(away)
    await expect(callers.find(text)).rejects.toMatchObject({
      code: 'database_unavailable',
      retryable: true,
    })
    expect(callers.known('the-bootstrap-key')).toMatchObject({ kind: 'admin' })
  })

  it('a query that hangs is not sent again and again', async () => {
    vi.useFakeTimers()
    try {
      const { callers, text, answerWith, passMs, reads } = open()
      await callers.find(text)
      answerWith(() => new Promise(() => undefined))
      for (let second = 0; second < 60; second++) {
        passMs(1000)
        await vi.advanceTimersByTimeAsync(1000)
        // Whoever comes first after five seconds waits for two of them; nobody is refused.
        const found = callers.known(text) ?? callers.find(text)
        await vi.advanceTimersByTimeAsync(2000)
        expect(await found).toMatchObject({ tier: 'pro' })
      }
      expect(reads()).toBe(2)
    } finally {
      vi.useRealTimers()
    }
  })

  it('a key that was revoked before is not taken again', async () => {
    const { callers, text, stored, answerWith, passMs } = open()
    answerWith(async () => ({ ...stored, revokedAt: new Date() }))
    await expect(callers.find(text)).rejects.toMatchObject(refused)
    answerWith(away)
    passMs(10_000)
    await expect(callers.find(text)).rejects.toMatchObject(refused)
  })
})
