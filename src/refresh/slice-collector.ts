/** The entries of a snapshot, page by page, as slices of listings and as rejects. Pure. */
import {
  byModelId,
  contentHash,
  listingHash,
  type Listing,
  type PendingListing,
  type ProviderFacts,
  type Slice,
} from '../catalog/listing.ts'
import type { JsonSources } from '../json-reader.ts'
import { canonicalJson, copyText, isJsonObject } from '../json.ts'
import type { Entry, Item, Upstream } from '../upstreams/upstream.ts'
import { FieldShapes, type FieldShape, type StatedFields } from './field-shapes.ts'
import { maxRawLength, printable, rawText, type Reject } from './reject.ts'
import { idProblem, textLimits, textProblem } from './text-problems.ts'
import { validateEntry } from './validate.ts'

/** What one snapshot says: slices by provider and the entries that did not validate. */
export interface ReadSnapshot {
  slices: Map<string, Slice>
  rejects: Reject[]
  entries: number
  /** By all entries, rejects included: a field of another type is one that makes them. */
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
  shape: FieldShape
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
  readonly #shapes = new FieldShapes()
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
    if (listing && 'reason' in listing) {
      // What cannot be stored is not remembered either.
      if (!textProblem(entry.raw)) this.#shapeOf(entry)
      return listing
    }
    const shape = known ? this.#shapes.keep(known.shape) : this.#shapeOf(entry)
    const { hash, prices } = known ?? describe(listing ?? this.#listingOf(entry))
    this.memo.set(key, { hash, prices, shape })
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

  #shapeOf({ raw }: Entry): FieldShape {
    return this.#shapes.of(isJsonObject(raw) ? raw : {})
  }

  finish(): ReadSnapshot {
    const slices = new Map<string, Slice>()
    for (const [provider, draft] of this.#drafts)
      slices.set(provider, this.#settle(provider, draft))
    return {
      slices,
      rejects: this.#rejects,
      entries: this.#entries,
      stated: this.#shapes.statedFields(),
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

function describe(listing: Listing): Pick<KnownEntry, 'hash' | 'prices'> {
  return { hash: listingHash(listing), prices: listing.prices.components.length }
}
