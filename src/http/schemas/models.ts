/** Models as the API shows them: the views of catalog/model-view.ts as schemas. */
import { z } from 'zod'
import { fieldNames, modelFields, type FieldKind } from '../../catalog/fields.ts'
import { lifecycles, reviews } from '../../catalog/model.ts'
import { PriceComponent } from '../../catalog/price.ts'
import { healthFields } from './health.ts'
import { sampleBenchmark, sampleHealth, sampleId, sampleModel } from './samples.ts'

/** Decimal text; numbers would lose digits on their way. */
export const Amount = z.string().meta({ description: 'Decimal text.', samples: ['2.5'] })

const fieldSchemas = {
  text: z.string(),
  date: z.string().describe('YYYY, YYYY-MM or YYYY-MM-DD.'),
  integer: z.int(),
  flag: z.boolean(),
  list: z.array(z.string()),
} satisfies Record<FieldKind, z.ZodType>

const fields = Object.fromEntries(
  fieldNames.map((name) => {
    const { kind, about } = modelFields[name]
    return [name, fieldSchemas[kind].optional().describe(about)]
  }),
)

export const PriceSchema = z
  .object({
    state: z.enum(['unknown', 'free', 'dynamic', 'priced']),
    currency: z.string().describe('ISO 4217.'),
    components: z
      .array(PriceComponent)
      .describe('Everything that is charged, with its circumstances.'),
    input: Amount.optional().describe(
      'Per million tokens, standard mode, base tier; so are the others.',
    ),
    output: Amount.optional(),
    reasoning: Amount.optional(),
    cacheRead: Amount.optional(),
    cacheWrite: Amount.optional(),
    inputAudio: Amount.optional(),
    outputAudio: Amount.optional(),
  })
  .meta({ id: 'Prices' })

export const ModelSchema = z
  .object({
    id: z.string().describe('provider/model-id'),
    provider: z.string(),
    modelId: z.string(),
    ...fields,
    prices: PriceSchema,
    lifecycle: z.enum(lifecycles),
    review: z.enum(reviews),
    tiers: z.array(z.string()),
    provenance: z.record(z.string(), z.string()).describe('Field → upstream, or "override".'),
    conflicts: z.array(z.string()).describe('Fields on which upstreams disagree.'),
    missingSince: z.iso.datetime().nullable(),
    retiredAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
  })
  .meta({ id: 'Model', description: 'An absent field is unknown.', samples: [sampleModel] })

export const BenchmarkSchema = z
  .object({
    benchmark: z.string(),
    score: Amount,
    unit: z.string().nullable(),
    rank: z.int().nullable(),
    upstream: z.string(),
    source: z.string().nullable(),
    measuredAt: z.string().nullable(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Benchmark', samples: [sampleBenchmark] })

export const ModelDetailSchema = ModelSchema.extend({
  ...healthFields,
  benchmarks: z.array(BenchmarkSchema),
  extra: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .describe('What upstreams state beyond the fields, by upstream.'),
}).meta({
  id: 'ModelDetail',
  samples: [{ ...sampleModel, ...sampleHealth, benchmarks: [sampleBenchmark], extra: {} }],
})

export const ModelPageSchema = z
  .object({
    version: z.int().describe('The catalog’s.'),
    total: z.int().describe('Models on all pages.'),
    page: z.int().nullable().describe('Null: a cursor was given.'),
    limit: z.int(),
    next: z.string().nullable().describe('`cursor` of the next page; null: this is the last one.'),
    models: z.array(ModelSchema),
  })
  .meta({ id: 'ModelPage' })

/** The id in a path, decoded. */
export const ModelParams = z.strictObject({
  id: z
    .string()
    .meta({ description: 'provider/model-id, URL-encoded or as it is.', samples: [sampleId] }),
})

export const NoQuery = z.strictObject({})
export const NoParams = z.strictObject({})
