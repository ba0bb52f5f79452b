/** Novita: seen recorded with ids, limits and two prices; prices and tiers: novita-pricing.ts. */
import { z } from 'zod'
import { isJsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { hostAuthority } from './host-authority.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields, verbatim } from './modality-fields.ts'
import { readNovitaPrices } from './novita-pricing.ts'
import { openaiEntries } from './openai-list.ts'
import { restOfRow } from './rest-of-row.ts'
import { dayOfUnixSeconds } from './stated-dates.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const novita = {
  id: 'novita',
  title: 'Novita AI',
  docs: 'https://novita.ai/docs/api-reference/model-apis-llm-list-models',
  url: 'https://api.novita.ai/v3/openai/models',
  key: bearerKey('NOVITA_API_KEY', { required: false }),
  adapterVersion: 2,
  schedule: '1h',
  provider: 'novita-ai',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 15,
  maxBytes: 8 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'novita-ai'),
  listing,
} satisfies Upstream

const limit = z.int().nonnegative().nullish()
const words = z.array(z.string()).nullish()

const NovitaEntry = z.object({
  created: z.number().nullish(),
  display_name: z.string().nullish(),
  description: z.string().nullish(),
  context_size: limit,
  max_output_tokens: limit,
  model_type: z.string().nullish(),
  features: words,
  input_modalities: words,
  output_modalities: words,
})

function listing({ raw }: Entry): ListingDraft {
  const stated = NovitaEntry.parse(raw)
  const { prices, rest } = readNovitaPrices(isJsonObject(raw) ? raw : {})
  const byModality = modalityFields(stated.input_modalities, stated.output_modalities)
  // The list grows with time and names what is there: a word that is missing denies nothing.
  const has = (feature: string) => stated.features?.includes(feature) || undefined
  const read = {
    display_name: stated.display_name || undefined,
    description: stated.description || undefined,
    context_size: knownLimit(stated.context_size),
    max_output_tokens: knownLimit(stated.max_output_tokens),
    model_type: stated.model_type || undefined,
    input_modalities: verbatim(stated.input_modalities, byModality.inputModalities),
    output_modalities: verbatim(stated.output_modalities, byModality.outputModalities),
  }
  return {
    fields: knownFields({
      ...byModality,
      name: read.display_name,
      description: read.description,
      type: read.model_type ?? byModality.type,
      releaseDate: dayOfUnixSeconds(stated.created),
      contextWindow: read.context_size,
      maxOutputTokens: read.max_output_tokens,
      functionCalling: has('function-calling'),
      structuredOutput: has('structured-outputs'),
      reasoning: has('reasoning'),
      vision: has('vision') ?? byModality.vision,
    }),
    prices,
    extra: restOfRow(rest, read, ['id']),
  }
}
