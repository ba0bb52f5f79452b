/** A model as Novita lists it, in a row that Jiekou took over; prices and tiers: novita-pricing.ts. */
import { z } from 'zod'
import { isJsonObject, type Json } from '../json.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields, verbatim } from './modality-fields.ts'
import { readNovitaPrices } from './novita-pricing.ts'
import { restOfRow } from './rest-of-row.ts'
import { dayOfUnixSeconds } from './stated-dates.ts'
import type { ListingDraft } from './upstream.ts'

const limit = z.int().nonnegative().nullish()
const words = z.array(z.string()).nullish()

const NovitaRow = z.object({
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

/** Throws ZodError or InvalidPrice. */
export function readNovitaRow(raw: Json): ListingDraft {
  const stated = NovitaRow.parse(raw)
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
