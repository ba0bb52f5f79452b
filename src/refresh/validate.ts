/**
 * Untrusted entries → listings or rejects. One bad entry is data, never an exception: the others are
 * taken. Pure.
 */
import { ZodError } from 'zod'
import { findOverlong } from '../catalog/fields.ts'
import type { Listing } from '../catalog/listing.ts'
import { InvalidPrice } from '../catalog/price.ts'
import { RejectedEntry, type Entry, type Upstream } from '../upstreams/upstream.ts'
import { idProblem, textLimits, textProblem } from './text-problems.ts'

/** One entry as a listing, or why not. */
export function validateEntry(
  entry: Entry,
  upstream: Pick<Upstream, 'listing'>,
): Listing | { reason: string; message: string } {
  const problem =
    idProblem(entry.provider, textLimits.provider) ??
    idProblem(entry.modelId, textLimits.id) ??
    textProblem(entry.raw)
  if (problem) return { reason: problem[0], message: problem[1] }
  try {
    const { provider, modelId } = entry
    return withinLimits({ provider, modelId, ...upstream.listing(entry) })
  } catch (error) {
    if (error instanceof ZodError) return { reason: 'invalid_field', message: zodMessage(error) }
    if (error instanceof InvalidPrice || error instanceof RejectedEntry)
      return { reason: error.reason, message: error.message }
    throw error
  }
}

function withinLimits(listing: Listing): Listing {
  const overlong = findOverlong(listing.fields)
  if (!overlong) return listing
  const { field, allowed } = overlong
  throw new RejectedEntry('text_too_long', `${field} may have ${allowed} characters.`)
}

function zodMessage(error: ZodError): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) =>
      path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message,
    )
    .join('; ')
}
