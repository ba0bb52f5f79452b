/**
 * Cursors: where a page ended, as opaque text. It carries a digest of the order and the filters, so
 * that one that was made for another list is refused instead of skipping models silently.
 */
import { hash } from 'node:crypto'
import { z } from 'zod'
import type { ModelPlace } from '../catalog/model-order.ts'
import { PlumblineError } from '../errors.ts'
import { canonicalJson, parseJson, type Json } from '../json.ts'

const Cursor = z.tuple([z.string(), z.string().nullable(), z.string(), z.string()])

export function writeCursor(place: ModelPlace, list: Json): string {
  const parts = [digest(list), place.value, place.provider, place.modelId]
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/** Throws `invalid_argument`. */
export function readCursor(text: string, list: Json): ModelPlace {
  const parsed = Cursor.safeParse(parse(text))
  if (!parsed.success) throw malformed('It is malformed.')
  const [of, value, provider, modelId] = parsed.data
  if (of !== digest(list))
    throw malformed('It belongs to a list with another order or other filters.')
  return { value, provider, modelId }
}

function parse(text: string): Json | undefined {
  try {
    return parseJson(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}

function malformed(why: string): PlumblineError {
  return new PlumblineError('invalid_argument', `cursor: ${why}`, {
    nextStep:
      'Take it from `next` of the page before, and leave the other parameters as they were.',
  })
}

function digest(list: Json): string {
  return hash('sha256', canonicalJson(list), 'base64url').slice(0, 11)
}
