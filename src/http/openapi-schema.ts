/** From zod to the JSON Schema of the API's description: what zod derives, and what it cannot know. */
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
} from 'fastify-type-provider-zod'
import { z } from 'zod'

type Described = Parameters<NonNullable<z.core.ToJSONSchemaParams['override']>>[0]

/** What callers send is told in full by it; these say something else besides. */
const kept = new Set(['description', 'default', 'examples'])

function describe({ zodSchema, jsonSchema }: Described): void {
  const { sent, samples } = jsonSchema
  if (sent !== undefined) {
    for (const name of Object.keys(jsonSchema)) if (!kept.has(name)) delete jsonSchema[name]
    Object.assign(jsonSchema, sent)
  }
  if (samples !== undefined) Object.assign(jsonSchema, { examples: samples })
  delete jsonSchema['samples']
  // zod leaves the default out where the schema transforms.
  if (zodSchema instanceof z.ZodDefault)
    Object.assign(jsonSchema, { default: zodSchema.def.defaultValue })
  dropWhatGoesWithoutSaying(jsonSchema)
}

/** The bounds of every integer of JavaScript, and the patterns of formats that are standards. */
function dropWhatGoesWithoutSaying(jsonSchema: Described['jsonSchema']): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  const { format } = jsonSchema
  if (format === 'date' || format === 'date-time') delete jsonSchema.pattern
}

const zodToJsonConfig = { override: describe }
export const describeRoute = createJsonSchemaTransform({ zodToJsonConfig })
export const describeComponents = createJsonSchemaTransformObject({ zodToJsonConfig })
