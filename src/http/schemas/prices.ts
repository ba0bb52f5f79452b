/** Prices in time, and what a usage costs. */
import { z } from 'zod'
import { Meter, PriceComponent } from '../../catalog/price.ts'
import { canonicalDecimal } from '../../json.ts'
import { Limit, Page } from './model-query.ts'
import { Amount } from './models.ts'
import { sampleId } from './samples.ts'

/** A day (its first moment, UTC) or a moment. */
export const Moment = z
  .union(
    [z.iso.date(), z.iso.datetime({ offset: true })],
    'must be a day (YYYY-MM-DD) or a moment with its offset (2026-01-31T12:00:00Z)',
  )
  .transform((text) => new Date(text))
  // PostgreSQL reads no year 0, and JavaScript writes the year 10000 with a sign.
  .refine(
    (at) => at >= new Date('0001-01-01') && at < new Date('+010000-01-01'),
    'must be of the years 1 to 9999 (UTC)',
  )
  .meta({
    description: 'YYYY-MM-DD (its first moment, UTC) or an ISO 8601 moment with its offset.',
    samples: ['2026-01-31'],
  })

const State = z
  .enum(['unknown', 'free', 'dynamic', 'priced'])
  .describe('unknown is not free: only priced and free have numbers that may be used.')

const key = z.string().describe('Canonical: meter and circumstances, e.g. input;mode=batch.')

export const PricesQuery = z.strictObject({ at: Moment.optional() })

export const PricesSchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime().describe('The moment that the prices are of.'),
    state: State,
    currency: z.string(),
    components: z.array(
      PriceComponent.extend({
        key,
        upstream: z.string().describe('Who states it, or "override".'),
        validFrom: z.iso.datetime().describe('Charged since.'),
        validTo: z.iso.datetime().nullable().describe('Until (exclusive); null: still.'),
      }),
    ),
  })
  .meta({ id: 'PricesAt' })

export const PriceHistoryQuery = z.strictObject({
  component: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .meta({ description: 'Canonical key.', samples: ['input'] }),
  page: Page.default(1),
  limit: Limit,
})

export const PriceHistorySchema = z
  .object({
    id: z.string(),
    total: z.int(),
    page: z.int(),
    limit: z.int(),
    periods: z.array(
      z.object({
        component: key,
        amount: Amount,
        currency: z.string(),
        upstream: z.string(),
        validFrom: z.iso.datetime(),
        validTo: z.iso.datetime().nullable(),
      }),
    ),
  })
  .meta({ id: 'PriceHistory' })

const maxQuantity = 1_000_000_000_000_000

/** A number of JSON, or decimal text for what a number cannot hold. */
const Quantity = z.union([
  z
    .number()
    .nonnegative()
    .max(maxQuantity)
    .transform((quantity, context) => decimalOr(String(quantity), context)),
  z
    .string()
    .max(40)
    .transform((text, context) => decimalOr(text, context)),
])

function decimalOr(text: string, context: z.core.$RefinementCtx): string {
  const amount = canonicalDecimal(text)
  if (amount !== undefined && !amount.startsWith('-') && Number(amount) <= maxQuantity)
    return amount
  context.addIssue('must be a decimal number from 0 to 10^15')
  return z.NEVER
}

const circumstance = z.string().min(1).max(100).optional()

export const CostRequest = z
  .strictObject({
    model: z.string().min(3).max(1000).describe('provider/model-id'),
    at: Moment.optional().describe('When it was used; absent: now.'),
    usage: z
      .partialRecord(Meter, Quantity)
      .refine((usage) => Object.keys(usage).length > 0, 'must name at least one meter')
      .describe(
        'Quantity per meter. Each token counts once: `input` is what was neither read from a cache nor written to one.',
      ),
    mode: circumstance.describe('batch, flex, priority, …; absent: standard.'),
    region: circumstance,
    variant: circumstance,
    ttl: circumstance.describe(
      'Of cache entries that were written, e.g. 1h; absent: the shortest.',
    ),
    prompt_tokens: Quantity.optional().describe(
      'Decides the context tier; absent: the sum of the prompt.',
    ),
  })
  .meta({
    id: 'CostRequest',
    samples: [{ model: sampleId, usage: { input: 20_000, cache_read: 80_000, output: 1500 } }],
  })

export const CostSchema = z
  .object({
    model: z.string(),
    version: z.int(),
    at: z.iso.datetime(),
    state: State,
    currency: z.string(),
    total: Amount.nullable().describe('Null: something that was used has no known price then.'),
    lines: z.array(
      z.object({
        meter: Meter,
        quantity: Amount,
        chargedAs: Meter.describe(
          'Reasoning is charged as output where it has no price of its own, …',
        ),
        component: key,
        amount: Amount.describe('Per million tokens, or per unit.'),
        unit: z.string(),
        cost: Amount,
      }),
    ),
    unpriced: z.array(Meter).describe('What was used and has no known price.'),
  })
  .meta({ id: 'Cost' })
