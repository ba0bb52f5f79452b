/**
 * DigitalOcean's Gradient AI platform. The default is the list of its control plane, as documented, with
 * limits and life cycle; `https://inference.do-ai.run/v1/models` (seen recorded, ids only, another key) is
 * read as well where the URL is set to it. Prices are on another server under marketing names that no id
 * leads to, so they are not read.
 */
import { z } from 'zod'
import { isJsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { hostAuthority } from './host-authority.ts'
import { knownFields } from './known-fields.ts'
import { linkedPages } from './linked-pages.ts'
import { modalityFields } from './modality-fields.ts'
import { payloadList, statedId } from './payload-list.ts'
import { objectUnder } from './raw-object.ts'
import { restOfRow } from './rest-of-row.ts'
import { dayOfUnixSeconds } from './stated-dates.ts'
import type { Entry, Item, ListingDraft, ParsedPage, Upstream } from './upstream.ts'

export const digitalocean = {
  id: 'digitalocean',
  title: 'DigitalOcean',
  docs: 'https://docs.digitalocean.com/reference/api/digitalocean/#operation/genai_list_models',
  url: 'https://api.digitalocean.com/v2/gen-ai/models',
  key: bearerKey('DIGITALOCEAN_ACCESS_TOKEN', { required: true }),
  adapterVersion: 2,
  schedule: '6h',
  provider: 'digitalocean',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 5,
  maxBytes: 8 * 2 ** 20,
  verified: false,
  pages: (url, fetchPage) =>
    linkedPages(url, fetchPage, {
      upstream: 'digitalocean',
      next: (page) => objectUnder(objectUnder(page, 'links'), 'pages')['next'],
    }),
  entries,
  listing,
} satisfies Upstream

function* entries(page: ParsedPage): Generator<Item> {
  const isControlPlane = isJsonObject(page.json) && 'models' in page.json
  for (const raw of payloadList(page, isControlPlane ? 'models' : 'data'))
    yield { kind: 'entry', provider: 'digitalocean', modelId: statedId(raw), raw }
}

const words = z.array(z.string()).nullish()

const DigitaloceanEntry = z.object({
  name: z.string().nullish(),
  created: z.number().nullish(),
  lifecycle_status: z.string().nullish(),
  thinking: z.boolean().nullish(),
  context_window: z.unknown().optional(),
  modalities: z.object({ input: words, output: words }).nullish(),
})

function listing({ raw }: Entry): ListingDraft {
  const stated = DigitaloceanEntry.parse(raw)
  const read = { name: stated.name || undefined, thinking: stated.thinking }
  return {
    fields: knownFields({
      ...modalityFields(stated.modalities?.input, stated.modalities?.output?.map(outputOf)),
      name: read.name,
      releaseDate: dayOfUnixSeconds(stated.created),
      stage: stageOf(stated.lifecycle_status),
      contextWindow: windowOf(stated.context_window),
      reasoning: read.thinking,
    }),
    prices: { components: [] },
    extra: restOfRow(raw, read, ['id']),
  }
}

/** Models for code are said to answer in "code". */
function outputOf(word: string): string {
  return word === 'code' ? 'text' : word
}

/** A number, or the same as text. */
function windowOf(stated: unknown): number | undefined {
  const window = typeof stated === 'string' && /^\d+$/.test(stated) ? Number(stated) : stated
  return typeof window === 'number' && Number.isSafeInteger(window) && window > 0
    ? window
    : undefined
}

function stageOf(status: string | null | undefined): string | undefined {
  if (!status || status === 'active') return undefined
  return status === 'end_of_life' ? 'deprecated' : status
}
