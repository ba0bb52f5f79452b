/**
 * GitHub Models: a catalog without prices (there are free quotas, by `rate_limit_tier`). It bounds input
 * and output apart and states no window.
 */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import { isJsonObject } from '../json.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields, verbatim } from './modality-fields.ts'
import { payloadList, statedId } from './payload-list.ts'
import { objectWithout } from './raw-object.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import type { Entry, Item, ListingDraft, ParsedPage, Upstream } from './upstream.ts'

export const githubModels = {
  id: 'github-models',
  title: 'GitHub Models',
  docs: 'https://docs.github.com/en/rest/models/catalog',
  url: 'https://models.github.ai/catalog/models',
  key: {
    env: 'GITHUB_TOKEN',
    required: true,
    headers: (key) => ({
      authorization: `Bearer ${key}`,
      'x-github-api-version': '2022-11-28',
    }),
  },
  adapterVersion: 1,
  schedule: '24h',
  provider: 'github-models',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 10,
  maxBytes: 8 * 2 ** 20,
  verified: true,
  entries,
  listing,
} satisfies Upstream

function* entries(page: ParsedPage): Generator<Item> {
  for (const raw of payloadList(page, 'data'))
    yield { kind: 'entry', provider: 'github-models', modelId: statedId(raw), raw }
}

const limit = z.int().nonnegative().nullish()
const words = z.array(z.string()).nullish()

const GithubModel = z.object({
  name: z.string().nullish(),
  summary: z.string().nullish(),
  tags: words,
  capabilities: words,
  supported_input_modalities: words,
  supported_output_modalities: words,
  limits: z.object({ max_input_tokens: limit, max_output_tokens: limit }).nullish(),
})
type GithubModel = z.infer<typeof GithubModel>

function listing({ raw }: Entry): ListingDraft {
  const row = GithubModel.parse(raw)
  const entry = isJsonObject(raw) ? raw : {}
  const { fields, read } = readFields(row)
  const limits = isJsonObject(entry['limits'])
    ? restOfRow(entry['limits'], {
        max_input_tokens: fields.maxInputTokens,
        max_output_tokens: fields.maxOutputTokens,
      })
    : {}
  return {
    fields,
    prices: { components: [] },
    extra: {
      ...restOfRow(objectWithout(entry, ['limits']), read, ['id']),
      ...restUnder('limits', limits),
    },
  }
}

function readFields(row: GithubModel): { fields: ModelFields; read: Record<string, unknown> } {
  const { supported_input_modalities: input, supported_output_modalities: output } = row
  const byModality = modalityFields(input, output)
  const read = {
    name: row.name || undefined,
    summary: row.summary || undefined,
    tags: row.tags,
    supported_input_modalities: verbatim(input, byModality.inputModalities),
    supported_output_modalities: verbatim(output, byModality.outputModalities),
  }
  const fields = knownFields({
    ...byModality,
    ...fieldsOfCapabilities(row.capabilities ?? []),
    name: read.name,
    description: read.summary,
    tags: row.tags,
    maxInputTokens: knownLimit(row.limits?.max_input_tokens),
    maxOutputTokens: knownLimit(row.limits?.max_output_tokens),
  })
  return { fields, read }
}

/** An empty list says nothing. */
function fieldsOfCapabilities(capabilities: readonly string[]): ModelFields {
  if (capabilities.length === 0) return {}
  return {
    streaming: capabilities.includes('streaming'),
    functionCalling: capabilities.includes('tool-calling'),
    reasoning: capabilities.includes('reasoning'),
  }
}
