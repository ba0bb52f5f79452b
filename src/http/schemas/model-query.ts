/** What a list of models can be asked for. */
import { z } from 'zod'
import {
  capabilities,
  isCapability,
  type Audience,
  type ModelFilter,
} from '../../catalog/model-filter.ts'
import { lifecycles, reviews, servedLifecycles, tiers } from '../../catalog/model.ts'
import { readModelSort, sortNames, type ModelSort } from '../../catalog/model-order.ts'
import { canonicalDecimal } from '../../json.ts'
import { commaList } from './documented.ts'

export const maxLimit = 1000
/** As the schema of the catalog: longer ids are rejects. */
export const word = z.string().trim().min(1).max(500)
export function Whole(from: number, to: number) {
  const rule = `must be a whole number from ${from} to ${to}`
  return z
    .string()
    .regex(/^\d{1,16}$/, rule)
    .transform(Number)
    .pipe(z.number().min(from, rule).max(to, rule))
    .meta({ sent: { type: 'integer', minimum: from, maximum: to } })
}

export const Limit = Whole(1, maxLimit).default(50).describe('At most so many.')
export const Page = Whole(1, 1_000_000)

const sorts = sortNames.flatMap((name) => [name, `-${name}`])

export const Sort = z.enum(sorts).transform((text, context): ModelSort => {
  const sort = readModelSort(text)
  if (sort) return sort
  context.addIssue('is no order')
  return z.NEVER
})

export const CapabilityName = z.enum(capabilities).transform((name, context) => {
  if (isCapability(name)) return name
  context.addIssue('is no capability')
  return z.NEVER
})

/** One value or several, comma-separated. */
export function someOf<const Value extends string>(values: readonly Value[]) {
  return z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(values)).min(1))
    .meta({ sent: commaList(values) })
}

export const DecimalText = z
  .string()
  .max(40)
  .transform((text, context) => {
    const amount = canonicalDecimal(text)
    if (amount !== undefined && !amount.startsWith('-')) return amount
    context.addIssue('must be a decimal number, 0 or more')
    return z.NEVER
  })

/** The filters that combine. */
export const filterParameters = {
  provider: word.optional().meta({ description: 'Id of a provider.', samples: ['openai'] }),
  type: word.optional().describe('chat, embedding, image, audio, …'),
  family: word.optional().describe('E.g. claude-sonnet.'),
  search: z
    .string()
    .max(200)
    .optional()
    .meta({
      description: 'Words of id, name, family or provider; typos are forgiven.',
      samples: ['gpt 4o'],
    }),
  capability: CapabilityName.optional(),
  modality: word.optional().describe('Taken or given: text, image, audio, video, pdf.'),
  review: someOf(reviews)
    .optional()
    .describe('Comma list; disabled ones are there for admins only.'),
  lifecycle: someOf(lifecycles)
    .default([...servedLifecycles])
    .describe('Comma list; retired models only when they are named.'),
  tier: z
    .enum(tiers)
    .optional()
    .meta({
      description: 'Models that carry this tier: free, pro or enterprise.',
      // /docs would call with the first word of a list, and most catalogs have no tiers.
      sent: { type: 'string', pattern: '^(free|pro|enterprise)$' },
    }),
  tag: word.optional().describe('A label, an upstream’s own.'),
  max_input_price: DecimalText.optional().meta({
    description: 'USD per million input tokens.',
    samples: ['2.5'],
  }),
  min_context: Whole(0, Number.MAX_SAFE_INTEGER)
    .optional()
    .meta({ description: 'Tokens.', samples: [32_000] }),
} as const

const pageParameters = {
  page: Page.optional().describe('From 1, the default: for people.'),
  cursor: z
    .string()
    .min(1)
    .max(2000)
    .optional()
    .describe('`next` of the page before: for machines. The other parameters must stay the same.'),
  limit: Limit,
  sort: Sort.optional().describe(
    '“-” in front: descending. Unknown values come last. Absent: the best match first, else by id.',
  ),
} as const

const { provider: _provider, ...withoutProvider } = filterParameters
const { capability: _capability, ...withoutCapability } = filterParameters

/** Filters, order and paging: what every list of models takes. */
export const ModelListQuery = z.strictObject({ ...filterParameters, ...pageParameters })
/** Where the path says the provider, or the capability. */
export const ProviderModelsQuery = z.strictObject({ ...withoutProvider, ...pageParameters })
export const CapabilityModelsQuery = z.strictObject({ ...withoutCapability, ...pageParameters })

type Filters = z.output<typeof ModelListQuery>
export type ModelListQuery = Omit<Filters, 'provider' | 'capability'> &
  Pick<Partial<Filters>, 'provider' | 'capability'>

/** The parameters in the words of the catalog, and nothing but the filters. */
export function toFilter(
  query: Pick<ModelListQuery, keyof typeof filterParameters>,
  audience: Audience,
): ModelFilter {
  const { provider, type, family, search, capability, modality, review, lifecycle, tier, tag } =
    query
  const { max_input_price: maxInputPrice, min_context: minContext } = query
  return {
    audience,
    provider,
    type,
    family,
    search,
    capability,
    modality,
    review,
    lifecycle,
    tier,
    tag,
    maxInputPrice,
    minContext,
  }
}
