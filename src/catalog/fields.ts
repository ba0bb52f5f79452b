/**
 * The fields of a model: one table from which listings, merge, diff, SQL columns and docs follow.
 * Prices are not in it (see price.ts); in changes and provenance they appear as `price.<component>`.
 */
import { z } from 'zod'

/** How a field is stored and compared. `date` is text: upstreams state "2025", "2025-03", "2025-03-14". */
export type FieldKind = 'text' | 'date' | 'integer' | 'flag' | 'list'

export interface FieldSpec {
  kind: FieldKind
  column: string
  /** Two upstreams that state different values make a conflict. */
  conflicts?: true
  /** It is one of the capability flags. */
  capability?: true
  /** Characters, of a list all together: it is in an index, and one entry of an index has 2,700 bytes at most. */
  maxLength?: number
  about: string
}

export const modelFields = {
  name: { kind: 'text', column: 'name', maxLength: 256, about: 'Display name.' },
  description: { kind: 'text', column: 'description', about: 'One or a few sentences.' },
  family: {
    kind: 'text',
    column: 'family',
    maxLength: 128,
    about: 'Family, e.g. "claude-sonnet".',
  },
  type: {
    kind: 'text',
    column: 'type',
    maxLength: 64,
    about: 'chat, completion, embedding, image, audio, video, rerank, moderation, ocr, search, …',
  },
  baseModel: {
    kind: 'text',
    column: 'base_model',
    maxLength: 400,
    about: 'The same model across providers.',
  },
  releaseDate: { kind: 'date', column: 'release_date', maxLength: 40, about: 'First release.' },
  lastUpdated: { kind: 'date', column: 'last_updated', about: 'Last update of the model itself.' },
  knowledgeCutoff: { kind: 'date', column: 'knowledge_cutoff', about: 'End of the training data.' },
  openWeights: { kind: 'flag', column: 'open_weights', about: 'The weights can be downloaded.' },
  contextWindow: { kind: 'integer', column: 'context_window', conflicts: true, about: 'Tokens.' },
  maxInputTokens: {
    kind: 'integer',
    column: 'max_input_tokens',
    conflicts: true,
    about: 'Tokens.',
  },
  maxOutputTokens: {
    kind: 'integer',
    column: 'max_output_tokens',
    conflicts: true,
    about: 'Tokens.',
  },
  inputModalities: {
    kind: 'list',
    column: 'input_modalities',
    maxLength: 256,
    about: 'text, image, audio, video, pdf.',
  },
  outputModalities: {
    kind: 'list',
    column: 'output_modalities',
    maxLength: 256,
    about: 'As inputModalities.',
  },
  vision: { kind: 'flag', column: 'vision', capability: true, about: 'Understands images.' },
  functionCalling: {
    kind: 'flag',
    column: 'function_calling',
    capability: true,
    about: 'Calls tools.',
  },
  streaming: { kind: 'flag', column: 'streaming', capability: true, about: 'Streams its answer.' },
  jsonMode: {
    kind: 'flag',
    column: 'json_mode',
    capability: true,
    about: 'Answers in JSON on request.',
  },
  structuredOutput: {
    kind: 'flag',
    column: 'structured_output',
    capability: true,
    about: 'Answers by a JSON schema.',
  },
  imageGeneration: {
    kind: 'flag',
    column: 'image_generation',
    capability: true,
    about: 'Makes images.',
  },
  audio: { kind: 'flag', column: 'audio', capability: true, about: 'Hears or speaks.' },
  codeGeneration: {
    kind: 'flag',
    column: 'code_generation',
    capability: true,
    about: 'Made for code.',
  },
  reasoning: {
    kind: 'flag',
    column: 'reasoning',
    capability: true,
    about: 'Thinks before it answers.',
  },
  attachment: { kind: 'flag', column: 'attachment', capability: true, about: 'Takes files.' },
  temperature: { kind: 'flag', column: 'temperature', about: 'Takes a temperature.' },
  promptCaching: {
    kind: 'flag',
    column: 'prompt_caching',
    capability: true,
    about: 'Caches prompts.',
  },
  webSearch: {
    kind: 'flag',
    column: 'web_search',
    capability: true,
    about: 'Searches the web itself.',
  },
  stage: {
    kind: 'text',
    column: 'stage',
    about: "The upstream's word: alpha, beta, deprecated, …",
  },
  deprecatedAt: {
    kind: 'date',
    column: 'deprecated_at',
    about: 'Date from which it is deprecated.',
  },
  replacedBy: { kind: 'text', column: 'replaced_by', about: 'Model id that replaces it.' },
  tags: { kind: 'list', column: 'tags', maxLength: 2000, about: "Free labels, an upstream's own." },
} as const satisfies Record<string, FieldSpec>

export type FieldName = keyof typeof modelFields
export const fieldNames = Object.keys(modelFields) as FieldName[]

interface KindTypes {
  text: string
  date: string
  integer: number
  flag: boolean
  list: string[]
}
/** What a listing states. An absent field is unknown: null never appears. */
export type ModelFields = { [Name in FieldName]?: KindTypes[(typeof modelFields)[Name]['kind']] }

export type FieldValue = string | number | boolean | string[]

/** The first field whose text is longer than the catalog has room for. */
export function findOverlong(
  fields: ModelFields,
): { field: FieldName; allowed: number } | undefined {
  for (const field of fieldNames) {
    const { maxLength: allowed }: FieldSpec = modelFields[field]
    const value = fields[field]
    if (allowed === undefined || value === undefined) continue
    const text = Array.isArray(value) ? value.join('') : String(value)
    if (text.length > allowed) return { field, allowed }
  }
  return undefined
}

const valueSchemas = {
  text: z.string().min(1),
  date: z
    .string()
    .regex(/^\d{4}(-\d{2}(-\d{2})?)?$/, 'is not a date (YYYY, YYYY-MM or YYYY-MM-DD)'),
  integer: z.int().nonnegative(),
  flag: z.boolean(),
  list: z.array(z.string()),
} satisfies Record<FieldKind, z.ZodType>

/** Checks a value for a field, e.g. one that an operator sets. Throws ZodError. */
export function parseFieldValue(field: FieldName, value: unknown): FieldValue {
  return valueSchemas[modelFields[field].kind].parse(value)
}

export function isFieldName(name: string): name is FieldName {
  return Object.hasOwn(modelFields, name)
}
