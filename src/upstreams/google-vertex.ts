/**
 * Google Vertex AI, the models of Google itself. It takes an OAuth access token instead of a key, which
 * lives for an hour (`gcloud auth print-access-token`), so it is asked only where it is named. Another
 * region, publisher or project goes into PLUMBLINE_UPSTREAM_GOOGLE_VERTEX_URL.
 */
import { z } from 'zod'
import { bearerKey } from './bearer-key.ts'
import { googleEntries, googlePages } from './google-list.ts'
import { knownFields } from './known-fields.ts'
import { unreadFields } from './unread-fields.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

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
  pages: (url, fetchPage) => googlePages('google-vertex', url, fetchPage),
  entries: (page) =>
    googleEntries(page, {
      provider: 'google-vertex',
      key: 'publisherModels',
      path: /^publishers\/[^/]+\/models\//,
    }),
  listing,
} satisfies Upstream

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
