/**
 * A listing: what one upstream says about one provider's model, validated and normalised. It is the
 * unit of storage per upstream; models are merged from listings (merge.ts).
 */
import { hash as digest } from 'node:crypto'
import { canonicalJson, type JsonObject } from '../json.ts'
import type { ModelFields } from './fields.ts'
import type { PriceSheet } from './price.ts'

export interface Listing {
  /** Canonical provider id (models.dev's). */
  provider: string
  /** The id under which the provider serves it, exactly as stated. */
  modelId: string
  fields: ModelFields
  prices: PriceSheet
  /** Everything else that the entry stated, under the upstream's own names: nothing is lost. */
  extra: JsonObject
}

/** What an upstream says of a provider as a whole. */
export interface ProviderFacts {
  name?: string
  env?: string[]
  npm?: string
  api?: string
  doc?: string
  extra?: JsonObject
}

/** A listing that is read only where its content is needed: most are what was applied last. */
export interface PendingListing {
  modelId: string
  /** `listingHash` of its content. */
  hash: string
  /** Number of its price components. */
  prices: number
  read: () => Listing
  /** Of a list that is too long to be kept unpacked: in this order reading costs least. */
  place?: number
}

/** All listings of one provider in one snapshot, sorted by model id (code units). */
export interface Slice {
  provider: string
  facts: ProviderFacts
  listings: PendingListing[]
  /** Ids of entries that were rejected: their stored listings are kept as they are. */
  rejectedIds: string[]
  entries: number
}

/** 128 bits of the content, without provider and id. Equal content gives equal hashes. */
export function listingHash({
  fields,
  prices,
  extra,
}: Pick<Listing, 'fields' | 'prices' | 'extra'>): string {
  return contentHash(canonicalJson({ fields, prices, extra }))
}

/** Over the normalised content in canonical order: upstreams reorder their files from build to build. */
export function sliceHash(slice: Slice): string {
  const lines = slice.listings.map(({ modelId, hash }) => `${JSON.stringify(modelId)} ${hash}`)
  return contentHash(
    [canonicalJson(slice.facts), ...slice.rejectedIds.map((id) => `!${id}`), ...lines].join('\n'),
  )
}

export function contentHash(text: string): string {
  return digest('sha256', text, 'hex').slice(0, 32)
}

/** Byte order of UTF-8: the order of COLLATE "C", in which PostgreSQL keeps the ids. */
export function compareIds(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)]
    if (left !== right) return codePointRank(left) - codePointRank(right)
  }
  return a.length - b.length
}

// Surrogates stand for code points above U+FFFF, so they sort after U+E000..U+FFFF.
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000
}

export function byModelId(a: { modelId: string }, b: { modelId: string }): number {
  return compareIds(a.modelId, b.modelId)
}
