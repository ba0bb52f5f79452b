/**
 * Google Vertex AI, the models of Google itself. It takes an OAuth access token instead of a key, which
 * lives for an hour (`gcloud auth print-access-token`), so it is asked only where it is named. Another
 * region, publisher or project goes into PLUMBLINE_UPSTREAM_GOOGLE_VERTEX_URL.
 */
import { z } from 'zod'
import { isJsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { cursorPages } from './cursor-pages.ts'
import { knownFields } from './known-fields.ts'
import { payloadList, statedId } from './payload-list.ts'
import { unreadFields } from './unread-fields.ts'
import type { Entry, Item, ListingDraft, ParsedPage, Upstream } from './upstream.ts'

export const googleVertex = {
  id: 'google-vertex',
  title: 'Google Vertex AI',
  docs: 'https://cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/publishers.models/list',
  url: 'https://us-central1-aiplatform.googleapis.com/v1beta1/publishers/google/models?pageSize=100',
  key: bearerKey('GOOGLE_OAUTH_ACCESS_TOKEN', { required: true }),
  adapterVersion: 1,
  schedule: '6h',
  provider: 'google-vertex',
  rank: 4,
  authoritative: 'all',
  complete: false,
  minimumEntries: 5,
  maxBytes: 32 * 2 ** 20,
  optIn: true,
  verified: false,
  pages: (url, fetchPage) =>
    cursorPages(url, fetchPage, {
      upstream: 'google-vertex',
      parameter: 'pageToken',
      next: (page) => (isJsonObject(page) ? page['nextPageToken'] : undefined),
    }),
  entries,
  listing,
} satisfies Upstream

/** Ids are stated as `publishers/google/models/gemini-…`. */
function* entries(page: ParsedPage): Generator<Item> {
  for (const raw of payloadList(page, 'publisherModels'))
    yield {
      kind: 'entry',
      provider: 'google-vertex',
      modelId: statedId(raw, 'name').replace(/^publishers\/[^/]+\/models\//, ''),
      raw,
    }
}

const VertexEntry = z.object({ launchStage: z.string().nullish() })

/** The name stays in `extra`: it has the publisher. */
function listing({ raw }: Entry): ListingDraft {
  const { launchStage } = VertexEntry.parse(raw)
  return {
    fields: knownFields({ stage: launchStage || undefined }),
    prices: { components: [] },
    extra: unreadFields(raw, ['launchStage']),
  }
}
