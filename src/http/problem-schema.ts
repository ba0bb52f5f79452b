/** Problem documents, and what else every path may answer, as OpenAPI describes them. */
import { z } from 'zod'
import { sampleProblem } from './schemas/samples.ts'

export const ProblemSchema = z
  .object({
    type: z.string().describe('urn:plumbline:error:<code>, or about:blank.'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('Stable, snake_case.'),
    errors: z
      .array(
        z.object({
          field: z.string(),
          message: z.string(),
          allowed: z.array(z.string()).optional(),
        }),
      )
      .optional()
      .describe('Each parameter that is wrong, and what is allowed.'),
    nextStep: z.string().optional(),
    requiredScope: z.string().optional().describe('What the key would have to have.'),
    retryAfterSeconds: z.int().optional(),
    requestId: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457', samples: [sampleProblem] })

const content = { 'application/problem+json': { schema: ProblemSchema } }

/** Of every read of the catalog. */
export const notModified = {
  304: z.null().describe('The answer is the one whose `ETag` is in `If-None-Match`.'),
}

export const problemResponses = {
  '4xx': { description: 'What the caller can mend.', content },
  '5xx': { description: 'What the caller cannot mend.', content },
}
