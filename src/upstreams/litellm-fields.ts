/**
 * LiteLLM's names for what the catalog has fields for, read by the adapter and written by the export.
 * A value that is not of the field's kind is nobody's mistake here: it stays in `extra` as it is.
 */
import type { FieldName, FieldValue, ModelFields } from '../catalog/fields.ts'
import type { Json, JsonObject } from '../json.ts'
import { deprecationDay } from './stated-dates.ts'

export const flagNames = {
  vision: 'supports_vision',
  functionCalling: 'supports_function_calling',
  reasoning: 'supports_reasoning',
  structuredOutput: 'supports_response_schema',
  promptCaching: 'supports_prompt_caching',
  webSearch: 'supports_web_search',
  streaming: 'supports_native_streaming',
} as const satisfies Partial<Record<FieldName, string>>

export const modalityNames = {
  inputModalities: 'supported_modalities',
  outputModalities: 'supported_output_modalities',
} as const satisfies Partial<Record<FieldName, string>>

const modeTypes: Readonly<Record<string, string>> = {
  image_generation: 'image',
  audio_transcription: 'transcription',
  audio_speech: 'speech',
  video_generation: 'video',
  // Further spellings, which cannot be told from the type: the stated mode stays in `extra`.
  responses: 'chat',
  moderations: 'moderation',
}
const furtherModes = new Set(['responses', 'moderations'])

/** A model's type for LiteLLM's `mode`; words that are not listed are the same in both. */
export function typeOfMode(mode: string): string {
  return Object.hasOwn(modeTypes, mode) ? (modeTypes[mode] ?? mode) : mode
}

export function modeOfType(type: string): string {
  const known = Object.entries(modeTypes).find(
    ([mode, word]) => word === type && !furtherModes.has(mode),
  )
  return known?.[0] ?? type
}

const modesOfImages = new Set(['image_generation', 'image_edit'])
const modesOfSound = new Set(['audio_transcription', 'audio_speech'])

/** The fields that a row states, and the names that need not be kept besides. */
export function readFields(row: JsonObject): { fields: ModelFields; names: string[] } {
  const read: [name: string, field: FieldName, value: FieldValue | undefined][] = [
    // What others call the context window is `max_input_tokens` here, but for a few models whose
    // input is bounded apart (gpt-5: 272,000 of 400,000); so it is stated as both.
    ['max_input_tokens', 'maxInputTokens', limitOf(row['max_input_tokens'])],
    ['max_input_tokens', 'contextWindow', limitOf(row['max_input_tokens'])],
    ['max_output_tokens', 'maxOutputTokens', limitOf(row['max_output_tokens'])],
    ['deprecation_date', 'deprecatedAt', dateOf(row['deprecation_date'])],
    ...namesOf(flagNames).map(
      ([field, name]) => [name, field, flagOf(row[name])] satisfies [string, FieldName, unknown],
    ),
    ...namesOf(modalityNames).map(
      ([field, name]) => [name, field, wordsOf(row[name])] satisfies [string, FieldName, unknown],
    ),
  ]
  const known = read.filter(([, , value]) => value !== undefined)
  const mode = row['mode']
  return {
    fields: {
      ...Object.fromEntries(known.map(([, field, value]) => [field, value])),
      ...(typeof mode === 'string' && mode !== '' ? fieldsOfMode(mode) : {}),
      ...audioOf(row),
    },
    names: [
      ...known.map(([name]) => name),
      ...(typeof mode === 'string' && mode !== '' && modeOfType(typeOfMode(mode)) === mode
        ? ['mode']
        : []),
    ],
  }
}

/** The entries of one of the tables above, with the field's name as a type. */
export function namesOf<Field extends FieldName>(
  names: Readonly<Record<Field, string>>,
): [Field, string][] {
  const entries: [Field, string][] = []
  for (const field in names) entries.push([field, names[field]])
  return entries
}

function fieldsOfMode(mode: string): ModelFields {
  return {
    type: typeOfMode(mode),
    ...(modesOfImages.has(mode) ? { imageGeneration: true } : {}),
    ...(modesOfSound.has(mode) ? { audio: true } : {}),
  }
}

/** Two statements for one field; both stay in `extra`, so that they can be given back. */
function audioOf(row: JsonObject): ModelFields {
  const stated = [row['supports_audio_input'], row['supports_audio_output']]
  if (stated.includes(true)) return { audio: true }
  return stated.every((flag) => flag === false) ? { audio: false } : {}
}

/** 0 stands for "does not apply" (seen 2026-07 for embeddings and images). */
function limitOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 ? value : undefined
}

function flagOf(value: Json | undefined): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

function dateOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)
    ? deprecationDay(value)
    : undefined
}

function wordsOf(value: Json | undefined): string[] | undefined {
  return Array.isArray(value) && value.every((word) => typeof word === 'string') ? value : undefined
}
