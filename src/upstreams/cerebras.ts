/**
 * Cerebras: its public list (no key), with prices and limits. The private one, `/v1/models`, has ids only
 * and is read as well where the URL is set to it; that is the one seen recorded. `?format=` gives other
 * shapes with other units, so a URL that has it is refused.
 */
import { z } from 'zod'
import { PlumblineError } from '../errors.ts'
import { bearerKey } from './bearer-key.ts'
import { hostAuthority } from './host-authority.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { objectUnder } from './raw-object.ts'
import { restOfRow, restUnder } from './rest-of-row.ts'
import { dayOfUnixSeconds } from './stated-dates.ts'
import { optionalPrice, readStatedPrices, tokenPrice, type PriceTable } from './stated-prices.ts'
import type { Entry, Item, ListingDraft, ParsedPage, Upstream } from './upstream.ts'

export const cerebras = {
  id: 'cerebras',
  title: 'Cerebras',
  docs: 'https://inference-docs.cerebras.ai/api-reference/models/public-list-models',
  url: 'https://api.cerebras.ai/public/v1/models',
  key: bearerKey('CEREBRAS_API_KEY', { required: false }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'cerebras',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 1,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries,
  listing,
} satisfies Upstream

function entries(page: ParsedPage): Iterable<Item> {
  if (!new URL(page.url).searchParams.has('format')) return openaiEntries(page, 'cerebras')
  throw new PlumblineError('payload_shape', 'cerebras was asked for another format of its list.', {
    nextStep:
      'Take `format` out of PLUMBLINE_UPSTREAM_CEREBRAS_URL: it changes the unit of prices.',
  })
}

const flag = z.boolean().nullish()
const limit = z.int().nonnegative().nullish()

const CerebrasEntry = z.object({
  name: z.string().nullish(),
  created: z.number().nullish(),
  deprecated: flag,
  limits: z.object({ max_context_length: limit, max_completion_tokens: limit }).nullish(),
  capabilities: z
    .object({
      function_calling: flag,
      tools: flag,
      vision: flag,
      reasoning: flag,
      json_mode: flag,
      structured_outputs: flag,
      streaming: flag,
    })
    .nullish(),
  pricing: z.record(z.string(), z.unknown()).nullish(),
})

const priceTable: PriceTable = {
  prompt: tokenPrice('usdPerToken', 'input'),
  completion: tokenPrice('usdPerToken', 'output'),
  input_cache_read: optionalPrice('usdPerToken', { meter: 'cache_read' }),
}

function listing({ raw }: Entry): ListingDraft {
  const { name, created, deprecated, limits, capabilities } = CerebrasEntry.parse(raw)
  const pricing = objectUnder(raw, 'pricing')
  const { prices, rest } = readStatedPrices(pricing, priceTable)
  return {
    fields: knownFields({
      name: name || undefined,
      releaseDate: dayOfUnixSeconds(created),
      stage: deprecated === true ? 'deprecated' : undefined,
      contextWindow: knownLimit(limits?.max_context_length),
      maxOutputTokens: knownLimit(limits?.max_completion_tokens),
      functionCalling: capabilities?.function_calling ?? capabilities?.tools,
      vision: capabilities?.vision,
      reasoning: capabilities?.reasoning,
      jsonMode: capabilities?.json_mode,
      structuredOutput: capabilities?.structured_outputs,
      streaming: capabilities?.streaming,
    }),
    prices,
    extra: { ...restOfRow(raw, { name }, ['id', 'pricing']), ...restUnder('pricing', rest) },
  }
}
