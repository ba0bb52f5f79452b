/** What several formats say of a model, in the words that they share. */
import type { CatalogProvider } from '../../catalog/model.ts'
import type { ListedModel } from '../../catalog/models.ts'

/** Seconds since 1970: of its release, else of when we saw it first. */
export function createdSeconds({ fields, createdAt }: ListedModel): number {
  const released = fields.releaseDate === undefined ? Number.NaN : Date.parse(fields.releaseDate)
  return Math.floor((Number.isNaN(released) ? createdAt.getTime() : released) / 1000)
}

export function isEmbedding({ fields }: ListedModel): boolean {
  return fields.type === 'embedding'
}

/** What answers in text, as far as anybody states. */
export function isTextModel({ fields: { type, outputModalities } }: ListedModel): boolean {
  const isOfText = type === undefined || type === 'chat' || type === 'completion'
  return isOfText && (outputModalities === undefined || outputModalities.includes('text'))
}

export function providerNames(providers: readonly CatalogProvider[]): ReadonlyMap<string, string> {
  return new Map(providers.map(({ id, name }) => [id, name]))
}

/** The names of the parameters of OpenAI's API that it is known to take. */
export function supportedParameters({ fields }: ListedModel): string[] {
  const { functionCalling, structuredOutput, jsonMode, reasoning, temperature } = fields
  return [
    ...(temperature ? ['temperature'] : []),
    ...(functionCalling ? ['tools', 'tool_choice'] : []),
    ...(jsonMode || structuredOutput ? ['response_format'] : []),
    ...(structuredOutput ? ['structured_outputs'] : []),
    ...(reasoning ? ['reasoning', 'include_reasoning'] : []),
  ]
}

/** Undefined members are left out, so that what nobody states is absent and not null. */
export function definedOnly<Value>(
  object: Readonly<Record<string, Value | undefined>>,
): Record<string, Value> {
  const entries = Object.entries(object).filter(
    (entry): entry is [string, Value] => entry[1] !== undefined,
  )
  return Object.fromEntries(entries)
}
