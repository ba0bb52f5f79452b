/**
 * Cursors: where a page ended, as opaque text. It carries a digest of the order and the filters, so
 * that one that was made for another list is refused instead of skipping models silently.
 */
import { hash } from 'node:crypto'
import { z } from 'zod'
import { isPlaceIn, type ModelPlace, type ModelSort } from '../catalog/model-order.ts'
import { isStorable } from '../control-characters.ts'
import { canonicalJson, type Json } from '../json.ts'
import { InvalidParameter } from './invalid-request.ts'

const Text = z.string().refine(isStorable)
const Cursor = z.tuple([Text, Text.nullable(), Text, Text])

export function writeCursor(place: ModelPlace, list: Json): string {
  const parts = [digest(list), place.value, place.provider, place.modelId]
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/** Throws `invalid_argument`. */
export function readCursor(text: string, list: Json, order: ModelSort | 'match'): ModelPlace {
  const parsed = Cursor.safeParse(parse(text))
  if (!parsed.success) throw malformed()
  const [of, value, provider, modelId] = parsed.data
  if (of !== digest(list))
    throw new InvalidParameter(
      'cursor',
      'belongs to a list with another order or other filters: leave the other parameters as they were',
    )
  if (!isPlaceIn(order, value)) throw malformed()
  return { value, provider, modelId }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}

function malformed(): InvalidParameter {
  return new InvalidParameter('cursor', 'is malformed: pass `next` of the page before, as it is')
}

function digest(list: Json): string {
  return hash('sha256', canonicalJson(list), 'base64url').slice(0, 11)
}
