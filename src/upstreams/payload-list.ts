/** The list inside an envelope. */
import { PlumblineError } from '../errors.ts'
import { isJsonObject, type Json } from '../json.ts'
import type { ParsedPage } from './upstream.ts'

/**
 * The list under `key`, or the whole payload where it is a list itself. Throws PlumblineError
 * `payload_shape` for anything else: an object without the list says nothing about the models.
 */
export function payloadList({ json, upstream }: ParsedPage, key: string): Json[] {
  const list = isJsonObject(json) ? json[key] : json
  if (Array.isArray(list)) return list
  throw new PlumblineError('payload_shape', `${upstream} did not answer with a list of models.`, {
    retryable: true,
    nextStep: `Look at the address: {"${key}": […]} or a list is expected there.`,
  })
}

/** The id that an untrusted item states; '' = none, which becomes a reject. */
export function statedId(raw: Json, key = 'id'): string {
  const id = isJsonObject(raw) ? raw[key] : undefined
  return typeof id === 'string' ? id : ''
}
