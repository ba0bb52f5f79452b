/** ZenMux: the list behind its own pages, which alone has all prices. Written from documentation. */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import { PlumblineError } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import { commaList } from './comma-list.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields } from './modality-fields.ts'
import { payloadList, statedId } from './payload-list.ts'
import { restOfRow } from './rest-of-row.ts'
import { dateText } from './stated-dates.ts'
import type { Entry, Item, ListingDraft, ParsedPage, Upstream } from './upstream.ts'
import { readZenmuxFees } from './zenmux-pricing.ts'

export const zenmux = {
  id: 'zenmux',
  title: 'ZenMux',
  docs: 'https://docs.zenmux.ai',
  url: 'https://zenmux.ai/api/frontend/model/listByFilter',
  adapterVersion: 1,
  schedule: '1h',
  provider: 'zenmux',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 20,
  maxBytes: 32 * 2 ** 20,
  verified: false,
  entries,
  listing,
} satisfies Upstream

function* entries(page: ParsedPage): Generator<Item> {
  if (isJsonObject(page.json) && page.json['success'] === false)
    throw new PlumblineError('payload_shape', 'zenmux answered that it did not succeed.', {
      retryable: true,
    })
  for (const raw of payloadList(page, 'data'))
    yield { kind: 'entry', provider: 'zenmux', modelId: statedId(raw, 'slug'), raw }
}

const text = z.string().nullish()
const limit = z.int().nonnegative().nullish()

const ZenmuxRow = z.object({
  name: text,
  description: text,
  input_modalities: text,
  output_modalities: text,
  context_length: limit,
  max_completion_tokens: limit,
  publish_time: text,
  supported_parameters: text,
  supports_reasoning: z.number().nullish(),
  variable_pricings: text,
})
type ZenmuxRow = z.infer<typeof ZenmuxRow>

function listing({ raw }: Entry): ListingDraft {
  const row = ZenmuxRow.parse(raw)
  const { fields, read } = readFields(row)
  const { prices, isWhole } = readZenmuxFees(row.variable_pricings)
  return {
    fields,
    prices,
    extra: restOfRow(isJsonObject(raw) ? raw : {}, read, [
      'slug',
      ...(isWhole ? ['variable_pricings'] : []),
    ]),
  }
}

function readFields(row: ZenmuxRow): { fields: ModelFields; read: Record<string, unknown> } {
  const parameters = commaList(row.supported_parameters)
  const read = {
    name: row.name || undefined,
    description: row.description || undefined,
    context_length: knownLimit(row.context_length),
    max_completion_tokens: knownLimit(row.max_completion_tokens),
  }
  const fields = knownFields({
    ...modalityFields(commaList(row.input_modalities), commaList(row.output_modalities)),
    name: read.name,
    description: read.description,
    contextWindow: read.context_length,
    maxOutputTokens: read.max_completion_tokens,
    releaseDate: dateText(row.publish_time),
    reasoning: row.supports_reasoning == null ? undefined : row.supports_reasoning > 0,
    // A list that leaves a parameter out denies nothing: many are short (reported in 2026).
    functionCalling: parameters?.includes('tools') || undefined,
    temperature: parameters?.includes('temperature') || undefined,
  })
  return { fields, read }
}
