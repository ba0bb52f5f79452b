/**
 * Untrusted entries → listings or rejects. One bad entry is data, never an exception: the others are
 * taken. Pure.
 */
import { ZodError } from 'zod'
import {
  byModelId,
  contentHash,
  listingHash,
  type Listing,
  type PendingListing,
  type ProviderFacts,
  type Slice,
} from '../catalog/listing.ts'
import { findOverlong } from '../catalog/fields.ts'
import { InvalidPrice } from '../catalog/price.ts'
import type { JsonSources } from '../json-reader.ts'
import { canonicalJson, copyText, isJsonObject, JsonDecimal, type Json } from '../json.ts'
import { RejectedEntry, type Entry, type Item, type Upstream } from '../upstreams/upstream.ts'
import { ExtraShapes, type ExtraShape, type StatedFields } from './extra-shapes.ts'

export interface Reject {
  provider: string | undefined
  /** The id as stated, where it can be stored as text. */
  entryId: string | undefined
  /** Stable snake_case word, a metric label. */
  reason: string
  message: string
  /** The entry's JSON, cut to `maxRawLength`. */
  raw: string
}

export const textLimits = {
  id: 256,
  provider: 64,
  text: 32_768,
  entry: 512 * 1024,
} as const
const maxRawLength = 8192

/** What one snapshot says: slices by provider and the entries that did not validate. */
export interface ReadSnapshot {
  slices: Map<string, Slice>
  rejects: Reject[]
  entries: number
  /** What is in `extra` of all entries that are no rejects. */
  stated: StatedFields
}

/**
 * What became of entries that were read before: raw content → hash of the listing. An entry that comes
 * again byte for byte need not be validated again, which is most of them at every refresh.
 */
export type ReadMemo = ReadonlyMap<string, KnownEntry>
interface KnownEntry {
  hash: string
  prices: number
  extra: ExtraShape
}

/** Where an entry comes from. */
export interface Origin {
  /** Spares writing entries as text again where they are what the adapter was given. */
  sources?: JsonSources
  /** Of a list that is too long to be kept: how the entry is read again. */
  again?: ReadAgain
}

export interface ReadAgain {
  /** Among all entries: in this order they are read again at the least cost. */
  place: number
  read: () => Entry
}

function entryKey({ provider, modelId, raw }: Entry, sources: JsonSources | undefined): string {
  const source = typeof raw === 'object' && raw !== null ? sources?.get(raw) : undefined
  return contentHash(
    `${provider.length} ${provider}${modelId.length} ${modelId}${source ?? JSON.stringify(raw)}`,
  )
}

/** Collects items page by page; `finish` sorts, settles duplicates and hands the slices over. */
export class SliceCollector {
  readonly #upstream: Pick<Upstream, 'listing'>
  readonly #drafts = new Map<string, SliceDraft>()
  readonly #rejects: Reject[] = []
  readonly #extra = new ExtraShapes()
  readonly #before: ReadMemo
  /** What the next refresh need not validate again. */
  readonly memo = new Map<string, KnownEntry>()
  #entries = 0

  constructor(upstream: Pick<Upstream, 'listing'>, before: ReadMemo = new Map()) {
    this.#upstream = upstream
    this.#before = before
  }

  add(item: Item, origin: Origin = {}): void {
    if (item.kind === 'provider') {
      const problem = idProblem(item.provider, textLimits.provider) ?? textProblem(item.facts)
      if (problem)
        this.#reject({ kind: 'entry', provider: item.provider, modelId: '', raw: null }, ...problem)
      else Object.assign(this.#draft(item.provider).facts, item.facts)
      return
    }
    this.#entries++
    const result = this.#read(item, origin)
    if ('reason' in result) this.#reject(item, result.reason, result.message)
    else {
      const draft = this.#draft(item.provider)
      draft.entries++
      draft.listings.push(result)
    }
  }

  #read(entry: Entry, origin: Origin): PendingListing | { reason: string; message: string } {
    const key = entryKey(entry, origin.sources)
    const known = this.#before.get(key)
    const listing = known ? undefined : validateEntry(entry, this.#upstream)
    if (listing && 'reason' in listing) return listing
    const { hash, prices, extra } = known ?? this.#describe(listing ?? this.#listingOf(entry))
    this.memo.set(key, { hash, prices, extra: this.#extra.keep(extra) })
    const facts = { hash, prices }
    return origin.again
      ? this.#pendingAgain(entry.modelId, facts, origin.again)
      : this.#pendingKept(entry, facts, listing)
  }

  #pendingKept(
    entry: Entry,
    facts: Pick<PendingListing, 'hash' | 'prices'>,
    listing: Listing | undefined,
  ): PendingListing {
    return { ...facts, modelId: entry.modelId, read: () => listing ?? this.#listingOf(entry) }
  }

  // A function of its own, so that what `read` holds is `again` and nothing that was read.
  #pendingAgain(
    modelId: string,
    facts: Pick<PendingListing, 'hash' | 'prices'>,
    { place, read }: ReadAgain,
  ): PendingListing {
    return { ...facts, modelId: copyText(modelId), place, read: () => this.#listingOf(read()) }
  }

  #listingOf(entry: Entry): Listing {
    const { provider, modelId } = entry
    return { provider, modelId, ...this.#upstream.listing(entry) }
  }

  #describe(listing: Listing): KnownEntry {
    return {
      hash: listingHash(listing),
      prices: listing.prices.components.length,
      extra: this.#extra.of(listing.extra),
    }
  }

  finish(): ReadSnapshot {
    const slices = new Map<string, Slice>()
    for (const [provider, draft] of this.#drafts)
      slices.set(provider, this.#settle(provider, draft))
    return {
      slices,
      rejects: this.#rejects,
      entries: this.#entries,
      stated: this.#extra.statedFields(),
    }
  }

  #draft(provider: string): SliceDraft {
    const known = this.#drafts.get(provider)
    if (known) return known
    const draft: SliceDraft = { facts: {}, listings: [], rejectedIds: new Set(), entries: 0 }
    this.#drafts.set(provider, draft)
    return draft
  }

  #reject(entry: Entry, reason: string, message: string): void {
    const provider = idProblem(entry.provider, textLimits.provider) ? undefined : entry.provider
    const entryId = idProblem(entry.modelId, textLimits.id) ? undefined : entry.modelId
    this.#rejects.push({
      provider,
      entryId,
      reason,
      message: printable(message),
      raw: rawText(entry.raw),
    })
    if (provider === undefined) return
    const draft = this.#draft(provider)
    draft.entries++
    if (entryId !== undefined) draft.rejectedIds.add(entryId)
  }

  // The same entry twice is one entry. Two that differ under one id cannot both be right: neither is
  // taken, whatever their order, and what is stored stays.
  #settle(provider: string, draft: SliceDraft): Slice {
    const sorted = draft.listings.sort(byModelId)
    const listings: PendingListing[] = []
    for (let start = 0; start < sorted.length;) {
      const first = sorted[start]
      if (!first) break
      let end = start + 1
      while (sorted[end]?.modelId === first.modelId) end++
      const same = sorted.slice(start, end)
      if (same.length === 1 || new Set(same.map(({ hash }) => hash)).size === 1)
        listings.push(first)
      else for (const pending of same) this.#rejectDuplicate(draft, pending.read())
      start = end
    }
    return {
      provider,
      facts: draft.facts,
      listings: listings.filter(({ modelId }) => !draft.rejectedIds.has(modelId)),
      rejectedIds: [...draft.rejectedIds].sort(),
      entries: draft.entries,
    }
  }

  #rejectDuplicate(draft: SliceDraft, listing: Listing): void {
    draft.rejectedIds.add(listing.modelId)
    this.#rejects.push({
      provider: listing.provider,
      entryId: listing.modelId,
      reason: 'duplicate_id',
      message: `The id ${listing.modelId} stands for several entries that differ.`,
      raw: canonicalJson({
        fields: listing.fields,
        prices: listing.prices,
        extra: listing.extra,
      }).slice(0, maxRawLength),
    })
  }
}

interface SliceDraft {
  facts: ProviderFacts
  listings: PendingListing[]
  rejectedIds: Set<string>
  entries: number
}

type Refusal = [reason: string, message: string]

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

// NUL cannot be stored, a lone surrogate would be replaced (two ids could collide), other control
// characters break terminals and logs.
// oxlint-disable-next-line no-control-regex
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/
// oxlint-disable-next-line no-control-regex
const lineCharacter = /[\u0000-\u001f\u007f-\u009f]/

function idProblem(id: string, limit: number): Refusal | undefined {
  if (id.trim() === '') return ['id_empty', 'The entry has no id.']
  if (id.length > limit)
    return ['id_too_long', `The id has ${id.length} characters; ${limit} are allowed.`]
  if (!id.isWellFormed()) return ['bad_text', 'The id has a lone surrogate.']
  if (lineCharacter.test(id)) return ['bad_text', 'The id has a control character.']
  return undefined
}

/** Looks at every string and number of a value, keys included. */
function textProblem(value: unknown): Refusal | undefined {
  const budget = { left: textLimits.entry }
  return (
    findProblem(value, 0, budget) ??
    (budget.left < 0
      ? ['entry_too_large', `The entry is larger than ${textLimits.entry} characters.`]
      : undefined)
  )
}

const maxDepth = 64

function findProblem(value: unknown, depth: number, budget: { left: number }): Refusal | undefined {
  if (typeof value === 'string') return stringProblem(value, budget)
  if (value instanceof JsonDecimal)
    return /^-?\d+(\.\d+)?$/.test(value.text) && value.text.length < 200
      ? undefined
      : ['bad_number', `The number ${value.text.slice(0, 40)} is out of any range.`]
  if (typeof value !== 'object' || value === null) return undefined
  if (depth > maxDepth)
    return ['too_deep', `The entry is nested more than ${maxDepth} levels deep.`]
  const parts = Array.isArray(value) ? value : Object.entries(value).flat()
  for (const part of parts) {
    const problem = findProblem(part, depth + 1, budget)
    if (problem) return problem
  }
  return undefined
}

function stringProblem(text: string, budget: { left: number }): Refusal | undefined {
  budget.left -= text.length
  if (text.length > textLimits.text && !text.startsWith('data:'))
    return [
      'text_too_long',
      `A text has ${text.length} characters; ${textLimits.text} are allowed.`,
    ]
  if (!text.isWellFormed()) return ['bad_text', 'A text has a lone surrogate.']
  if (controlCharacter.test(text)) return ['bad_text', 'A text has a control character.']
  return undefined
}

// Rejected text is stored for people to read: what cannot be stored is shown as an escape.
function rawText(raw: Json): string {
  return printable(
    (isJsonObject(raw) || Array.isArray(raw)
      ? JSON.stringify(raw)
      : (JSON.stringify(raw) ?? '')
    ).slice(0, maxRawLength),
  )
}

function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.toWellFormed().replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
