/**
 * What the description of the API says of a schema that cannot say it itself: a parameter is text on
 * its way and something else here, and JSON Schema knows nothing of transforms. openapi-schema.ts reads it.
 */
declare module 'zod' {
  interface GlobalMeta {
    /** JSON Schema of what callers send, instead of what is derived. */
    sent?: SentSchema
    /** As `examples`, which zod drops where the schema transforms. */
    samples?: readonly unknown[]
  }
}

export type SentSchema =
  | { type: 'integer'; minimum: number; maximum?: number }
  | { type: 'string'; pattern: string }
  | {
      type: 'array'
      items: { type: 'string'; enum?: readonly string[] }
      minItems?: number
      maxItems?: number
      /** False: one parameter, separated by commas. True: the parameter several times. */
      explode: boolean
    }

/** One parameter, separated by commas. */
export function commaList(
  values?: readonly string[],
  bounds: { minItems?: number; maxItems?: number } = {},
): SentSchema {
  const items = { type: 'string', ...(values ? { enum: values } : {}) } as const
  return { type: 'array', items, ...bounds, explode: false }
}
