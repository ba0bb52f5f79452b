/** What a request shows of itself: `Authorization: Bearer …` or `X-Api-Key: …`. */
import type { IncomingHttpHeaders } from 'node:http'
import { PlumblineError } from '../../errors.ts'

/** Longer is no key and no token of anybody. */
const maxLength = 8192

/** Undefined: nothing. Throws `unauthenticated` for what is no such thing. */
export function readCredential(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers
  const key = headers['x-api-key']
  if (authorization === undefined && key === undefined) return undefined
  const text = key === undefined ? /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] : String(key)
  if (text === undefined || text === '' || text.length > maxLength)
    throw unauthenticated('The credentials are of a kind that is not known here.')
  return text
}

export function unauthenticated(why: string): PlumblineError {
  return new PlumblineError('unauthenticated', why, {
    nextStep: 'Send `Authorization: Bearer plb_…`; keys are made by `plumbline keys create`.',
  })
}
