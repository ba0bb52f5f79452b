/** What a request shows of itself: `Authorization: Bearer …` or `X-Api-Key: …`. */
import type { IncomingHttpHeaders } from 'node:http'
import { PlumblineError } from '../../errors.ts'

/** Longer is no key and no token of anybody. */
const maxLength = 8192

/** Undefined: nothing. Empty: something that is of no kind that is known here. */
export function readCredential(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers
  const key = headers['x-api-key']
  if (authorization === undefined && key === undefined) return undefined
  const text = key === undefined ? /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] : String(key)
  return text === undefined || text.length > maxLength ? '' : text
}

/** `scope`: what the key would have to have. */
export function unauthenticated(why: string, scope?: string): PlumblineError {
  return new PlumblineError('unauthenticated', why, {
    nextStep: 'Send `Authorization: Bearer plb_…`; keys are made by `plumbline keys create`.',
    ...(scope === undefined ? {} : { missingScope: scope }),
  })
}
