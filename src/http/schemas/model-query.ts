/** What a list of models can be asked for. */
import { z } from 'zod'
import {
  capabilities,
  isCapability,
  readModelSort,
  sortNames,
  type Audience,
  type ModelFilter,
  type ModelSort,
} from '../../catalog/model-filter.ts'
import { canonicalDecimal } from '../../json.ts'

const lifecycles = ['active', 'deprecated', 'missing', 'retired'] as const
const reviews = ['new', 'active', 'disabled'] as const

export const maxLimit = 1000
/** As the schema of the catalog: longer ids are rejects. */
export const word = z.string().trim().min(1).max(500)
export const whole = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/, `must be a whole number from ${from} to ${to}`)
    .transform(Number)
    .pipe(z.number().min(from).max(to))

export const Limit = whole(1, maxLimit).default(50)
export const Page = whole(1, 1_000_000).default(1)

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
  provider: word.optional().describe('Id of a provider.'),
  type: word.optional().describe('chat, embedding, image, audio, …'),
  family: word.optional().describe('E.g. claude-sonnet.'),
  search: z
    .string()
    .max(200)
    .optional()
    .describe('Words of id, name, family or provider; typos are forgiven.'),
  capability: CapabilityName.optional(),
  modality: word.optional().describe('Taken or given: text, image, audio, video, pdf.'),
  review: someOf(reviews)
    .optional()
    .describe('Comma list; disabled ones are there for admins only.'),
  lifecycle: someOf(lifecycles)
    .default(['active', 'deprecated', 'missing'])
    .describe('Comma list; retired models only when they are named.'),
  tier: z.enum(['free', 'pro', 'enterprise']).optional().describe('Models that carry this tier.'),
  max_input_price: DecimalText.optional().describe('USD per million input tokens.'),
  min_context: whole(0, Number.MAX_SAFE_INTEGER).optional().describe('Tokens.'),
} as const

export const ModelListQuery = z.strictObject({
  ...filterParameters,
  page: Page,
  limit: Limit,
  sort: Sort.optional().describe('“-” in front: descending. Unknown values come last.'),
})
export type ModelListQuery = z.output<typeof ModelListQuery>

/** The parameters in the words of the catalog. */
export function toFilter(
  query: Pick<ModelListQuery, keyof typeof filterParameters>,
  audience: Audience,
): ModelFilter {
  const { max_input_price: maxInputPrice, min_context: minContext, ...same } = query
  return { ...same, maxInputPrice, minContext, audience }
}
