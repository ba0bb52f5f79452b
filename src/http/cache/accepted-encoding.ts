import { LRUCache } from 'lru-cache'
import type { Encoding } from './answer.ts'

// Clients send a few dozen different headers in all; reading one costs more than looking it up.
const known = new LRUCache<string, Encoding>({ max: 200 })

/** The best of what an Accept-Encoding allows: brotli, gzip, else nothing. */
export function acceptedEncoding(header: string | string[] | undefined): Encoding {
  if (header === undefined) return 'identity'
  const text = String(header)
  const found = known.get(text)
  if (found !== undefined) return found
  const encoding = read(text)
  known.set(text, encoding)
  return encoding
}

function read(header: string): Encoding {
  const allowed = new Map(
    header.split(',').map((part) => {
      const [name = '', ...parameters] = part.trim().toLowerCase().split(';')
      const weight = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1])
      return [name.trim(), Number(weight.find((text) => text !== undefined) ?? 1)] as const
    }),
  )
  const isAllowed = (name: Encoding) => (allowed.get(name) ?? allowed.get('*') ?? 0) > 0
  if (isAllowed('br')) return 'br'
  return isAllowed('gzip') ? 'gzip' : 'identity'
}
