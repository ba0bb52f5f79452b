/**
 * Alibaba's DashScope (Model Studio): its native list, with prices, limits and modalities. Each region
 * has a list of its own that differs in models, prices and currency. The OpenAI-compatible list beside it
 * has ids only.
 */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import { PlumblineError } from '../errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { endlessList } from './cursor-pages.ts'
import { readDashscopePrices } from './dashscope-pricing.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields } from './modality-fields.ts'
import { numberedPages, type Place } from './numbered-pages.ts'
import { payloadList, statedId } from './payload-list.ts'
import { objectUnder } from './raw-object.ts'
import { dateText } from './stated-dates.ts'
import { unreadFields } from './unread-fields.ts'
import type { Entry, FetchPage, Item, ListingDraft, Page, ParsedPage } from './upstream.ts'

const pageSize = 100

/** `page_size` is no more than this. Some 300 models in 2026. */
export function dashscopePages(
  upstream: string,
  url: string,
  fetchPage: FetchPage,
): AsyncGenerator<Page> {
  const address = new URL(url)
  address.searchParams.set('page_size', String(pageSize))
  return numberedPages(address.href, fetchPage, {
    upstream,
    parameter: 'page_no',
    idKey: 'model',
    maxPages: 200,
    rows: (page) => modelsOf(outputOf(page), page.upstream),
    isLast: (json, place) => isLast(upstream, objectUnder(json, 'output')['total'], place),
  })
}

/** Half a list would look like models that are gone: without a total only an empty page is the end. */
function isLast(upstream: string, total: Json | undefined, { number, rows, seen }: Place): boolean {
  if (typeof total !== 'number') return rows === 0
  if (rows === 0 && seen < total)
    throw endlessList(upstream, `page ${number} is empty after ${seen} of ${total}`)
  return seen >= total
}

export function* dashscopeEntries(page: ParsedPage, provider: string): Generator<Item> {
  for (const raw of modelsOf(outputOf(page), page.upstream))
    yield { kind: 'entry', provider, modelId: statedId(raw, 'model'), raw }
}

function outputOf({ json, upstream }: ParsedPage): JsonObject {
  const output = isJsonObject(json) ? json['output'] : undefined
  if (isJsonObject(output)) return output
  throw new PlumblineError('payload_shape', `${upstream} did not answer with a list of models.`, {
    retryable: true,
    nextStep: 'Look at the address: {"output": {"models": […]}} is expected there.',
  })
}

function modelsOf(output: JsonObject, upstream: string): Json[] {
  return payloadList({ url: '', json: output, upstream }, 'models')
}

const limit = z.int().nonnegative().nullish()
const words = z.array(z.string()).nullish()

const DashscopeEntry = z.object({
  name: z.string().nullish(),
  description: z.string().nullish(),
  published_time: z.string().nullish(),
  model_info: z
    .object({ context_window: limit, max_input_tokens: limit, max_output_tokens: limit })
    .nullish(),
  inference_metadata: z.object({ request_modality: words, response_modality: words }).nullish(),
  prices: z.array(z.unknown()).nullish(),
})
type DashscopeEntry = z.infer<typeof DashscopeEntry>

/** Names and descriptions are taken, codes of features and capabilities stay in `extra`. */
export function dashscopeListing({ raw }: Entry, currency: string): ListingDraft {
  const stated = DashscopeEntry.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const { prices, rest } = readDashscopePrices(
    Array.isArray(entry['prices']) ? entry['prices'] : [],
    currency,
  )
  return {
    fields: readFields(stated),
    prices,
    extra: {
      ...unreadFields(raw, ['model', 'name', 'description', 'prices']),
      ...(rest.length > 0 ? { prices: rest } : {}),
    },
  }
}

function readFields(stated: DashscopeEntry): ModelFields {
  const { model_info: limits, inference_metadata: metadata } = stated
  return knownFields({
    name: stated.name || undefined,
    description: stated.description || undefined,
    releaseDate: dateText(stated.published_time?.replace(' ', 'T')),
    contextWindow: knownLimit(limits?.context_window),
    maxInputTokens: knownLimit(limits?.max_input_tokens),
    maxOutputTokens: knownLimit(limits?.max_output_tokens),
    ...modalityFields(metadata?.request_modality, metadata?.response_modality),
  })
}
