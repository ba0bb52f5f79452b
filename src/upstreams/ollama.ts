/**
 * Ollama: the models on a machine. The list is short and says little; what a model can do is told model
 * by model (`/api/show`), so one collect composes a page of both. Nothing has a price: unknown, not free.
 * The shape of `/api/show` is the documented one; only `/api/tags` was seen recorded.
 */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import { PlumblineError } from '../errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { knownFields, knownLimit, withoutNulls } from './known-fields.ts'
import { parsePayload } from './payload.ts'
import { payloadList, statedId } from './payload-list.ts'
import { objectWithout, ownEntries } from './raw-object.ts'
import type {
  Entry,
  FetchPage,
  Item,
  ListingDraft,
  Page,
  ParsedPage,
  Upstream,
} from './upstream.ts'

export const ollama = {
  id: 'ollama',
  title: 'Ollama',
  docs: 'https://docs.ollama.com/api/tags',
  url: 'http://localhost:11434',
  adapterVersion: 1,
  schedule: '15m',
  provider: 'ollama',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 0,
  maxBytes: 16 * 2 ** 20,
  optIn: true,
  runtime: true,
  verified: false,
  pages,
  entries,
  listing,
} satisfies Upstream

/** One request a model: a machine with more models than this is listed without their details. */
const maxShown = 500

/** One page: the list of tags, each model with its `show` where that was answered. */
async function* pages(base: string, fetchPage: FetchPage): AsyncGenerator<Page> {
  const url = base.replace(/\/+$/, '')
  const { body } = await fetchPage(`${url}/api/tags`)
  const json = parsePayload(body, { upstream: 'ollama' })
  const tags = payloadList({ url, json, upstream: 'ollama' }, 'models')
  const models: Json[] = []
  for (const [index, tag] of tags.entries()) {
    const model = statedId(tag, 'name')
    const show =
      index < maxShown && model !== '' ? await fetchShow(url, model, fetchPage) : undefined
    models.push(isJsonObject(tag) && show ? { ...tag, show } : tag)
  }
  // Numbers keep their digits: parsePayload made decimals of them that are written back as they were.
  yield { url: `${url}/api/tags`, body: JSON.stringify({ models }) }
}

/**
 * Long texts and whatever a person wrote into their model do not belong into a catalog: licence, model
 * file, prompt template, system prompt, example messages, the table of tensors. `details` and
 * `modified_at` repeat the list.
 */
const droppedFromShow = [
  'license',
  'modelfile',
  'template',
  'system',
  'messages',
  'tensors',
  'details',
  'modified_at',
]

/** Undefined when this one model cannot be shown: it is listed all the same. */
async function fetchShow(
  url: string,
  model: string,
  fetchPage: FetchPage,
): Promise<JsonObject | undefined> {
  try {
    const body = JSON.stringify({ model })
    const page = await fetchPage(`${url}/api/show`, { method: 'POST', body })
    const show = parsePayload(page.body, { upstream: 'ollama' })
    return isJsonObject(show) ? withoutVocabulary(objectWithout(show, droppedFromShow)) : undefined
  } catch (error) {
    // Deleted between the two requests. Anything else fails the collect: half a list is no list.
    if (error instanceof PlumblineError && error.code === 'http_not_found') return undefined
    throw error
  }
}

/** `model_info` without the tokenizer's tables, which can be megabytes. */
function withoutVocabulary(show: JsonObject): JsonObject {
  const facts = show['model_info']
  if (!isJsonObject(facts)) return show
  const kept = ownEntries(facts).filter(([key]) => !key.startsWith('tokenizer.'))
  return { ...show, model_info: withoutNulls(Object.fromEntries(kept)) }
}

function* entries(page: ParsedPage): Generator<Item> {
  for (const raw of payloadList(page, 'models'))
    yield { kind: 'entry', provider: 'ollama', modelId: statedId(raw, 'name'), raw }
}

const OllamaEntry = z.object({
  details: z.object({ family: z.string().nullish() }).nullish(),
  show: z
    .object({
      capabilities: z.array(z.string()).nullish(),
      model_info: z.record(z.string(), z.unknown()).nullish(),
    })
    .optional(),
})

function listing({ raw }: Entry): ListingDraft {
  const { details, show } = OllamaEntry.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  return {
    fields: knownFields({
      family: details?.family || undefined,
      contextWindow: contextLength(show?.model_info ?? {}),
      ...capabilityFields(show?.capabilities ?? []),
    }),
    prices: { components: [] },
    extra: readExtra(entry),
  }
}

/** The key is `<architecture>.context_length`. */
function contextLength(facts: Record<string, unknown>): number | undefined {
  const architecture = facts['general.architecture']
  const length =
    typeof architecture === 'string' ? facts[`${architecture}.context_length`] : undefined
  return typeof length === 'number' ? knownLimit(length) : undefined
}

/** An empty list comes from servers that do not know capabilities yet: it says nothing. */
function capabilityFields(capabilities: string[]): ModelFields {
  if (capabilities.length === 0) return {}
  const isEmbedding = capabilities.includes('embedding') && !capabilities.includes('completion')
  return {
    type: isEmbedding ? 'embedding' : 'chat',
    functionCalling: capabilities.includes('tools'),
    vision: capabilities.includes('vision'),
    reasoning: capabilities.includes('thinking'),
  }
}

/** `model` repeats `name`; what `show` says is kept beside what the list says. */
function readExtra(entry: JsonObject): JsonObject {
  const { show } = entry
  return withoutNulls({
    ...objectWithout(entry, [
      'name',
      'show',
      ...(entry['model'] === entry['name'] ? ['model'] : []),
    ]),
    ...(isJsonObject(show) ? show : {}),
  })
}
