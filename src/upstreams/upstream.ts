/**
 * The contract of an upstream: a plain object, one file each, registered in registry.ts. An adapter
 * only says how to ask and how to read; fetching, validating, storing and scheduling are the
 * pipeline's. Everything here is pure but `pages`, which asks through the `fetchPage` it is given.
 */
import type { FieldName } from '../catalog/fields.ts'
import type { Listing, ProviderFacts } from '../catalog/listing.ts'
import type { Json } from '../json.ts'

export interface Upstream {
  /** As in PLUMBLINE_UPSTREAMS; capitals with `_` for `-` in environment names. */
  id: string
  title: string
  /** Where the payload is described. */
  docs: string
  url: string
  key?: UpstreamKey
  /** Raise it when the same bytes give other listings: the slices are then applied again. */
  adapterVersion: number
  /** Default schedule: cron, or `15m` / `1h` / `24h`. */
  schedule: string
  /** The provider whose own API this is (a lab's, a host's, a gateway's for its models). */
  provider?: string
  /** Merge order where no upstream is the provider's own: lower wins. */
  rank: number
  /** Fields (and `prices`) in which the provider's own API outranks all others. */
  authoritative: 'all' | readonly (FieldName | 'prices')[]
  /** Whether absence from the list means that the model is gone. */
  complete: boolean
  /** A whole snapshot with fewer entries is held. */
  minimumEntries: number
  /** Cap on the decoded bytes of one page. */
  maxBytes: number
  /** All workers together; absent = `defaultRequestsPerMinute` (request-limit.ts). */
  requestsPerMinute?: number
  /** Only asked when it is named in the configuration: a runtime that most machines do not have. */
  optIn?: true
  /**
   * A server of one's own: what it lists is what runs there now. Its list may shrink at any time, and
   * what it does not list is down.
   */
  runtime?: true
  /**
   * False: written from documentation only, no recorded payload has been read by it. What it does not
   * list is then not taken for gone (`provesAbsence`).
   */
  verified: boolean
  /** All requests of one collect. Absent = one GET of the URL. */
  pages?: (url: string, fetchPage: FetchPage) => AsyncIterable<Page>
  /** Items of one page, in any order. Throws PlumblineError `payload_shape` when the envelope is wrong. */
  entries: (page: ParsedPage) => Iterable<Item>
  /** One entry as a listing. Throws RejectedEntry, InvalidPrice or ZodError: the entry is then a reject. */
  listing: (entry: Entry) => ListingDraft
  /** What the page says of scores in benchmarks: beside the listings, since it moves daily. */
  benchmarks?: (page: ParsedPage) => Iterable<BenchmarkDraft>
  /** A payload that is at hand when the URL cannot be reached, with a word on what it is. */
  offline?: () => Promise<OfflinePayload | undefined>
}

export interface BenchmarkDraft {
  provider: string
  modelId: string
  /** e.g. `artificial_analysis/coding_index`. */
  benchmark: string
  /** Decimal text. */
  score: string
  /** elo, %, index, … */
  unit: string
  rank: number | null
}

export interface UpstreamKey {
  /** The usual environment variable. */
  env: string
  /** False: the list is public, the key only raises limits. */
  required: boolean
  headers: (key: string) => Record<string, string>
}

export interface OfflinePayload {
  /** e.g. "the npm package @pydantic/genai-prices 0.1.8". */
  source: string
  body: string
}

export interface PageRequest {
  method?: 'GET' | 'POST'
  body?: string
  /** Instead of the key's: for APIs that exchange the key for a token, maybe on another server. */
  headers?: Record<string, string>
}

/** Asks for one page; conditional headers, key, deadline, byte cap and redirects are its own. */
export type FetchPage = (url: string, init?: PageRequest) => Promise<Page>

/** One response body, decoded, as text. */
export interface Page {
  url: string
  body: string
}

/** One parsed page; `json` keeps the digits of its numbers (json.ts). */
export interface ParsedPage {
  url: string
  json: Json
  /** The upstream's id in the registry; adapters that serve several instances tell them apart by it. */
  upstream: string
}

export type Item = Entry | ProviderRecord

/** One raw, untrusted item of a payload. */
export interface Entry {
  kind: 'entry'
  provider: string
  /** The id as stated; may still be anything. */
  modelId: string
  raw: Json
}

/** What the payload says of a provider itself. It makes a slice even where no model follows. */
export interface ProviderRecord {
  kind: 'provider'
  provider: string
  facts: ProviderFacts
}

export type ListingDraft = Pick<Listing, 'fields' | 'prices' | 'extra'>

/** An adapter's own reason for not taking an entry; `reason` is a short snake_case word. */
export class RejectedEntry extends Error {
  readonly reason: string

  constructor(reason: string, message: string) {
    super(message)
    this.reason = reason
  }
}
