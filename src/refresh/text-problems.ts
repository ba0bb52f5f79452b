/** What text and which numbers nobody may state: what could not be stored, or would break who reads it. Pure. */
import { JsonDecimal } from '../json.ts'

export const textLimits = {
  id: 256,
  provider: 64,
  text: 32_768,
  entry: 512 * 1024,
} as const

/** Why a value is not taken: a stable snake_case word, and a sentence. */
export type Refusal = [reason: string, message: string]

// NUL cannot be stored, a lone surrogate would be replaced (two ids could collide), other control
// characters break terminals and logs.
// oxlint-disable-next-line no-control-regex
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/
// oxlint-disable-next-line no-control-regex
const lineCharacter = /[\u0000-\u001f\u007f-\u009f]/

/** Undefined: it can be an id of `limit` characters. */
export function idProblem(id: string, limit: number): Refusal | undefined {
  if (id.trim() === '') return ['id_empty', 'The entry has no id.']
  if (id.length > limit)
    return ['id_too_long', `The id has ${id.length} characters; ${limit} are allowed.`]
  if (!id.isWellFormed()) return ['bad_text', 'The id has a lone surrogate.']
  if (lineCharacter.test(id)) return ['bad_text', 'The id has a control character.']
  return undefined
}

/** Looks at every string and number of a value, keys included. */
export function textProblem(value: unknown): Refusal | undefined {
  const budget = { left: textLimits.entry }
  return (
    findProblem(value, 0, budget) ??
    (budget.left < 0
      ? ['entry_too_large', `The entry is larger than ${textLimits.entry} characters.`]
      : undefined)
  )
}

const maxDepth = 64

function findProblem(value: unknown, depth: number, budget: { left: number }): Refusal | undefined {
  if (typeof value === 'string') return stringProblem(value, budget)
  if (value instanceof JsonDecimal)
    return /^-?\d+(\.\d+)?$/.test(value.text) && value.text.length < 200
      ? undefined
      : ['bad_number', `The number ${value.text.slice(0, 40)} is out of any range.`]
  if (typeof value !== 'object' || value === null) return undefined
  if (depth > maxDepth)
    return ['too_deep', `The entry is nested more than ${maxDepth} levels deep.`]
  const parts = Array.isArray(value) ? value : Object.entries(value).flat()
  for (const part of parts) {
    const problem = findProblem(part, depth + 1, budget)
    if (problem) return problem
  }
  return undefined
}

function stringProblem(text: string, budget: { left: number }): Refusal | undefined {
  budget.left -= text.length
  if (text.length > textLimits.text && !text.startsWith('data:'))
    return [
      'text_too_long',
      `A text has ${text.length} characters; ${textLimits.text} are allowed.`,
    ]
  if (!text.isWellFormed()) return ['bad_text', 'A text has a lone surrogate.']
  if (controlCharacter.test(text)) return ['bad_text', 'A text has a control character.']
  return undefined
}
