/**
 * Fireworks. The default is the list of its serverless models, as documented: the only one with prices,
 * one row per model and mode (standard, priority, fast). `…/inference/v1/models` (seen recorded; it also
 * lists other accounts' models) and `…/v1/accounts/fireworks/models` are read as well where the URL is set
 * to them.
 */
import { z } from 'zod'
import { isJsonObject, type Json } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { cursorPages } from './cursor-pages.ts'
import { idName, rowsByModel } from './fireworks-rows.ts'
import { readSkus } from './fireworks-skus.ts'
import { hostAuthority } from './host-authority.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields, verbatim } from './modality-fields.ts'
import { parsePayload } from './payload.ts'
import { payloadList } from './payload-list.ts'
import { restOfRow } from './rest-of-row.ts'
import { dayOfUnixSeconds, deprecationDay } from './stated-dates.ts'
import type {
  Entry,
  FetchPage,
  Item,
  ListingDraft,
  Page,
  ParsedPage,
  Upstream,
} from './upstream.ts'

export const fireworks = {
  id: 'fireworks',
  title: 'Fireworks AI',
  docs: 'https://docs.fireworks.ai/api-reference/list-serverless-models',
  url: 'https://api.fireworks.ai/v1/serverless/models',
  key: bearerKey('FIREWORKS_API_KEY', { required: true }),
  adapterVersion: 2,
  schedule: '1h',
  provider: 'fireworks-ai',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 5,
  maxBytes: 16 * 2 ** 20,
  verified: false,
  pages,
  entries,
  listing,
} satisfies Upstream

/** One page of all rows: those of one model must be seen together, and may come on two pages. */
async function* pages(url: string, fetchPage: FetchPage): AsyncGenerator<Page> {
  const rows: Json[] = []
  for await (const { body } of cursorPages(url, fetchPage, {
    upstream: 'fireworks',
    parameter: 'pageToken',
    next: (page) => page['nextPageToken'],
  })) {
    const json = parsePayload(body, { upstream: 'fireworks' })
    rows.push(...rowsOf({ url, upstream: 'fireworks', json }))
  }
  yield { url, body: JSON.stringify({ data: rows }) }
}

function rowsOf(page: ParsedPage): Json[] {
  const isInventory = isJsonObject(page.json) && 'models' in page.json
  return payloadList(page, isInventory ? 'models' : 'data')
}

function* entries(page: ParsedPage): Generator<Item> {
  for (const { modelId, raw } of rowsByModel(rowsOf(page)))
    yield { kind: 'entry', provider: 'fireworks-ai', modelId, raw }
}

const flag = z.boolean().nullish()
const limit = z.int().nonnegative().nullish()
const words = z.array(z.string()).nullish()

const FireworksEntry = z.object({
  display_name: z.string().nullish(),
  displayName: z.string().nullish(),
  description: z.string().nullish(),
  created: z.number().nullish(),
  context_length: limit,
  contextLength: limit,
  input_modalities: words,
  output_modalities: words,
  supports_tools: flag,
  supportsTools: flag,
  supports_image_input: flag,
  supportsImageInput: flag,
  // A day without a zone: served through the end of it in UTC.
  deprecationDate: z.object({ year: z.int(), month: z.int(), day: z.int() }).nullish(),
})
type FireworksEntry = z.infer<typeof FireworksEntry>

function listing({ raw }: Entry): ListingDraft {
  const stated = FireworksEntry.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const byModality = modalityFields(stated.input_modalities, stated.output_modalities)
  const { prices, extra } = readSkus(entry)
  const read = {
    display_name: stated.display_name || undefined,
    displayName: stated.displayName || undefined,
    description: stated.description || undefined,
    context_length: knownLimit(stated.context_length),
    contextLength: knownLimit(stated.contextLength),
    input_modalities: verbatim(stated.input_modalities, byModality.inputModalities),
    output_modalities: verbatim(stated.output_modalities, byModality.outputModalities),
  }
  return {
    fields: knownFields({
      ...byModality,
      name: read.display_name ?? read.displayName,
      description: read.description,
      releaseDate: dayOfUnixSeconds(stated.created),
      deprecatedAt: dayOf(stated.deprecationDate),
      contextWindow: read.context_length ?? read.contextLength,
      functionCalling: stated.supports_tools ?? stated.supportsTools,
      vision: byModality.vision ?? stated.supports_image_input ?? stated.supportsImageInput,
    }),
    prices,
    extra: {
      ...restOfRow(entry, read, [idName(entry) ?? 'id', 'pricing', 'service_tiers']),
      ...extra,
    },
  }
}

function dayOf(date: FireworksEntry['deprecationDate']): string | undefined {
  if (!date) return undefined
  const [month, day] = [date.month, date.day].map((part) => String(part).padStart(2, '0'))
  return deprecationDay(`${date.year}-${month}-${day}`)
}
