/**
 * The text of an API key: `plb_<id>_<secret>`. The id finds the row; the secret has 256 bits, so a plain
 * SHA-256 of it is as good as a slow hash, and is compared in constant time.
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

export interface KeyText {
  id: string
  secret: string
}

const pattern = /^plb_([0-9a-f]{12})_([\w-]{43})$/

export function newKeyText(): KeyText & { text: string } {
  const id = randomBytes(6).toString('hex')
  const secret = randomBytes(32).toString('base64url')
  return { id, secret, text: `plb_${id}_${secret}` }
}

/** Undefined: it is no key of ours. */
export function parseKeyText(text: string): KeyText | undefined {
  const [, id, secret] = pattern.exec(text) ?? []
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex')
}

/** For texts of any length: their digests are compared, which takes the same time for all. */
export function isSameSecret(stated: string, storedHash: string): boolean {
  const [a, b] = [Buffer.from(hashSecret(stated)), Buffer.from(storedHash)]
  return a.length === b.length && timingSafeEqual(a, b)
}
