/**
 * xAI: `/models` has every model with its window and (since 2026) its prices, the lists by kind beside it
 * have what goes in and out. One collect composes a page of them. A key can be restricted to some models
 * (`GET /v1/api-key` shows its `acls`), and its lists are then shorter.
 */
import { z } from 'zod'
import { PlumblineError, type ErrorCode } from '../errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { hostAuthority } from './host-authority.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields } from './modality-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { parsePayload } from './payload.ts'
import { payloadList, statedId } from './payload-list.ts'
import { dayOfUnixSeconds } from './stated-dates.ts'
import { unreadFields } from './unread-fields.ts'
import type { Entry, FetchPage, ListingDraft, Page, Upstream } from './upstream.ts'
import { readXaiPrices } from './xai-pricing.ts'

export const xai = {
  id: 'xai',
  title: 'xAI',
  docs: 'https://docs.x.ai/docs/api-reference#list-models',
  url: 'https://api.x.ai/v1/models',
  key: bearerKey('XAI_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'xai',
  rank: 4,
  authoritative: hostAuthority,
  complete: false,
  minimumEntries: 3,
  maxBytes: 4 * 2 ** 20,
  verified: true,
  pages,
  entries: (page) => openaiEntries(page, 'xai'),
  listing,
} satisfies Upstream

const withoutList = new Set<ErrorCode>(['http_not_found', 'http_unauthorized'])
const listsByKind = ['language-models', 'image-generation-models', 'video-generation-models']

async function* pages(url: string, fetchPage: FetchPage): AsyncGenerator<Page> {
  const { body } = await fetchPage(url)
  const json = parsePayload(body, { upstream: 'xai' })
  const details = new Map<string, JsonObject>()
  for (const kind of listsByKind)
    for (const row of await fetchDetails(new URL(kind, url).href, fetchPage))
      if (isJsonObject(row)) details.set(statedId(row), row)
  const data = payloadList({ url, json, upstream: 'xai' }, 'data').map((row) =>
    isJsonObject(row) ? { ...details.get(statedId(row)), ...row } : row,
  )
  // Numbers keep their digits: parsePayload made decimals of them that are written back as they were.
  yield { url, body: JSON.stringify({ data }) }
}

/** Nothing where there is no such list, or none for this key: the models are in the first one. */
async function fetchDetails(url: string, fetchPage: FetchPage): Promise<Json[]> {
  try {
    const { body } = await fetchPage(url)
    const json = parsePayload(body, { upstream: 'xai' })
    return payloadList({ url, json, upstream: 'xai' }, 'models')
  } catch (error) {
    if (error instanceof PlumblineError && withoutList.has(error.code)) return []
    throw error
  }
}

const limit = z.int().nonnegative().nullish()
const words = z.array(z.string()).nullish()

const XaiEntry = z.object({
  created: z.unknown().optional(),
  context_length: limit,
  max_prompt_length: limit,
  input_modalities: words,
  output_modalities: words,
  capabilities: z.object({ reasoning_effort: words }).nullish(),
})

// The fingerprint names the deployment that would answer now; it changes without the model.
const takenKeys = ['id', 'fingerprint', 'context_length', 'input_modalities', 'output_modalities']

function listing({ raw }: Entry): ListingDraft {
  const stated = XaiEntry.parse(raw)
  const { prices, taken } = readXaiPrices(isJsonObject(raw) ? raw : {})
  return {
    fields: knownFields({
      releaseDate:
        typeof stated.created === 'number' ? dayOfUnixSeconds(stated.created) : undefined,
      contextWindow: knownLimit(stated.context_length) ?? knownLimit(stated.max_prompt_length),
      ...modalityFields(stated.input_modalities, stated.output_modalities),
      reasoning: stated.capabilities?.reasoning_effort?.length ? true : undefined,
    }),
    prices,
    extra: unreadFields(raw, [...takenKeys, ...taken]),
  }
}
