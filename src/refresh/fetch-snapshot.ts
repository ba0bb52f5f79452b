/** Asking an upstream: conditional, page by page, with what is at hand when nothing can be reached. */
import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { PlumblineError, toPlumblineError } from '../errors.ts'
import { packBody } from '../history/snapshots.ts'
import type { UpstreamState } from '../history/upstream-state.ts'
import type { ConfiguredUpstream } from '../upstreams/configured-upstream.ts'
import type { Fetcher } from '../upstreams/fetch.ts'
import type { FetchPage, Page } from '../upstreams/upstream.ts'

export interface FetchedPayload {
  kind: 'payload'
  pages: KeptPage[]
  sha256: string
  /** Decoded. */
  bytes: number
  etag: string | undefined
  lastModified: string | undefined
  httpStatus: number | undefined
  requests: number
  latencyMs: number
  /** The upstream could not be reached, and this is what was at hand instead. */
  offline?: { source: string; error: PlumblineError }
}

/** A page until it is archived and read. */
export interface KeptPage extends Page {
  /** Of a long list pages are kept packed, as they are archived, and `body` unpacks them. */
  packed?: Buffer
}

/** What is known of the body that was applied last. */
export type KnownBody = Pick<
  UpstreamState,
  'etag' | 'lastModified' | 'successCount' | 'appliedSha256'
>

export interface NotModified {
  kind: 'not_modified'
  httpStatus: 304
  requests: number
  latencyMs: number
}

export interface FetchPlan {
  /** Send If-None-Match / If-Modified-Since: only when the body that they stand for was applied. */
  conditional: boolean
  signal: AbortSignal | undefined
}

const maxPages = 1000
/** Of a list whose pages have more bytes, those behind are packed: the whole of it is in memory. */
const unpackedBytes = 8 * 2 ** 20

export async function fetchSnapshot(
  fetcher: Fetcher,
  upstream: ConfiguredUpstream,
  state: KnownBody,
  plan: FetchPlan,
): Promise<FetchedPayload | NotModified> {
  try {
    return upstream.definition.pages
      ? await fetchPages(fetcher, upstream, plan)
      : await fetchOnePage(fetcher, upstream, state, plan)
  } catch (thrown) {
    const error = toPlumblineError(thrown)
    const atHand = plan.signal?.aborted ? undefined : await offlinePayload(upstream, state, error)
    if (atHand) return atHand
    throw error
  }
}

async function fetchOnePage(
  fetcher: Fetcher,
  upstream: ConfiguredUpstream,
  state: KnownBody,
  { conditional, signal }: FetchPlan,
): Promise<FetchedPayload | NotModified> {
  const response = await fetcher.fetch({
    ...requestOf(upstream, signal),
    url: upstream.url,
    etag: conditional ? (state.etag ?? undefined) : undefined,
    lastModified: conditional ? (state.lastModified ?? undefined) : undefined,
  })
  const asked = { requests: 1, latencyMs: response.durationMs }
  if (response.notModified) return { kind: 'not_modified', httpStatus: 304, ...asked }
  const { body, bytes, etag, lastModified, status, url } = response
  const page = { url, body }
  return {
    kind: 'payload',
    pages: [page],
    sha256: sha256Of(body),
    bytes,
    etag,
    lastModified,
    httpStatus: status,
    ...asked,
  }
}

async function fetchPages(
  fetcher: Fetcher,
  upstream: ConfiguredUpstream,
  { signal }: FetchPlan,
): Promise<FetchedPayload> {
  let [requests, latencyMs, bytes] = [0, 0, 0]
  const fetchPage: FetchPage = async (url, init = {}) => {
    if (++requests > maxPages)
      throw new PlumblineError(
        'payload_paging',
        `${upstream.definition.id} does not end after ${maxPages} pages.`,
      )
    const response = await fetcher.fetch({ ...requestOf(upstream, signal), url, ...init })
    latencyMs += response.durationMs
    bytes += response.bytes
    return { url, body: response.body }
  }
  const pages: KeptPage[] = []
  const hash = createHash('sha256')
  for await (const page of upstream.definition.pages?.(upstream.url, fetchPage) ?? []) {
    hash.update(page.body)
    pages.push(bytes > unpackedBytes ? packedPage(page) : page)
  }
  const nothing = { etag: undefined, lastModified: undefined, httpStatus: 200 }
  const sha256 = hash.digest('hex')
  return { kind: 'payload', pages, sha256, bytes, requests, latencyMs, ...nothing }
}

function packedPage({ url, body }: Page): KeptPage {
  const packed = packBody(body)
  return {
    url,
    packed,
    get body() {
      return gunzipSync(packed).toString('utf8')
    },
  }
}

function requestOf(
  { definition, key, allowPrivate }: ConfiguredUpstream,
  signal: AbortSignal | undefined,
) {
  return {
    upstream: definition.id,
    headers: key !== undefined && definition.key ? definition.key.headers(key) : {},
    keyEnv: definition.key?.env,
    maxBytes: definition.maxBytes,
    allowPrivate,
    signal,
  }
}

// A copy that was packed some time ago must not undo what the upstream itself said since.
async function offlinePayload(
  { definition }: ConfiguredUpstream,
  state: KnownBody,
  error: PlumblineError,
): Promise<FetchedPayload | undefined> {
  const packed = await definition.offline?.()
  if (!packed) return undefined
  const pages = [{ url: `offline:${definition.id}`, body: packed.body }]
  const sha256 = sha256Of(packed.body)
  if (state.successCount > 0 && state.appliedSha256 !== sha256) return undefined
  return {
    kind: 'payload',
    pages,
    sha256,
    bytes: Buffer.byteLength(packed.body),
    etag: undefined,
    lastModified: undefined,
    httpStatus: error.httpStatus,
    requests: 1,
    latencyMs: 0,
    offline: { source: packed.source, error },
  }
}

function sha256Of(body: string): string {
  return createHash('sha256').update(body).digest('hex')
}
