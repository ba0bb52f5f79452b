/** Providers as the API shows them. */
import { z } from 'zod'
import { healthFields } from './health.ts'
import { sampleProvider } from './samples.ts'

export const ProviderSchema = z
  .object({
    id: z.string().describe('As models.dev has it.'),
    name: z.string(),
    env: z.array(z.string()).describe('Environment variables that hold its key.'),
    npm: z.string().optional(),
    api: z.string().optional(),
    doc: z.string().optional(),
    models: z.object({
      active: z.int(),
      deprecated: z.int(),
      missing: z.int(),
      retired: z.int(),
    }),
    ...healthFields,
  })
  .meta({ id: 'Provider', samples: [sampleProvider] })

export const ProviderParams = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(200)
    .meta({ samples: ['openai'] }),
})
