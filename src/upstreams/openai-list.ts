/**
 * OpenAI's `GET …/models` and the many that copy it: `{"object": "list", "data": [{"id", "created",
 * "owned_by"}]}`. Most say no more than that; some add a window under one of several names.
 */
import { z } from 'zod'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { knownFields, knownLimit, withoutNulls } from './known-fields.ts'
import { payloadList, statedId } from './payload-list.ts'
import { objectWithout } from './raw-object.ts'
import { dayOfUnixSeconds, deprecationDay } from './stated-dates.ts'
import type { Entry, ListingDraft, ParsedPage } from './upstream.ts'

/** A row that says that its model is not served now is none: what is listed can be called. */
export function* openaiEntries(
  page: ParsedPage,
  provider: string,
  isServed: (row: JsonObject) => boolean = () => true,
): Generator<Entry> {
  for (const raw of payloadList(page, 'data'))
    if (!isJsonObject(raw) || isServed(raw))
      yield { kind: 'entry', provider, modelId: statedId(raw), raw }
}

const limit = z.int().nonnegative().nullish()

const OpenaiListEntry = z.object({
  name: z.string().nullish(),
  display_name: z.string().nullish(),
  owned_by: z.unknown().optional(),
  // Anthropic's API and a few others write a timestamp here; that stays in extra.
  created: z.unknown().optional(),
  // OpenAI's own since 2026: the day on which the model is switched off.
  shutdown_date: z.string().nullish(),
  context_length: limit,
  max_model_len: limit,
  context_window: limit,
})

/**
 * Runtimes that write the time of the answer into `created`, and invent the ids under `permission` anew
 * each time (vLLM's `ModelCard`, SGLang's copy of it, llama.cpp's server; seen in their sources, 2026):
 * both would be a change of every model at every refresh.
 */
const stampsAnswers = new Set<unknown>(['vllm', 'sglang', 'llamacpp'])

/** Without prices; what has no field is in `extra`. */
export function openaiListing({ raw }: Pick<Entry, 'raw'>): ListingDraft {
  const stated = OpenaiListEntry.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const isStamped = stampsAnswers.has(stated.owned_by)
  const shutdown = deprecationDay(stated.shutdown_date)
  return {
    fields: knownFields({
      name: stated.display_name || stated.name || undefined,
      releaseDate: isStamped ? undefined : dayOf(entry['created']),
      deprecatedAt: shutdown,
      contextWindow:
        knownLimit(stated.context_length) ??
        knownLimit(stated.max_model_len) ??
        knownLimit(stated.context_window),
    }),
    prices: { components: [] },
    extra: withoutNulls(
      objectWithout(entry, [
        'id',
        ...(isStamped ? ['created', 'permission'] : []),
        ...(shutdown === stated.shutdown_date ? ['shutdown_date'] : []),
      ]),
    ),
  }
}

function dayOf(created: Json | undefined): string | undefined {
  return typeof created === 'number' ? dayOfUnixSeconds(created) : undefined
}
