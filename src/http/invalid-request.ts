/** A request that does not fit its schema, told parameter by parameter with what is allowed. */
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { PlumblineError } from '../errors.ts'

export interface InvalidField {
  /** Name of the parameter, `body.usage.input` for what lies deeper. */
  field: string
  message: string
  /** Where only some values are: these. */
  allowed?: string[]
}

/** A parameter that is wrong for a reason that its schema cannot see. */
export class InvalidParameter extends PlumblineError {
  readonly field: string
  readonly reason: string

  constructor(field: string, reason: string) {
    super('invalid_argument', `${field}: ${reason}`)
    this.field = field
    this.reason = reason
  }
}

/** Undefined: the error is of another kind. */
export function readInvalidFields(error: unknown): InvalidField[] | undefined {
  if (error instanceof InvalidParameter) return [{ field: error.field, message: error.reason }]
  if (!hasZodFastifySchemaValidationErrors(error)) return undefined
  return error.validation.flatMap((issue) => {
    const path = issue.instancePath.split('/').filter((part) => part !== '')
    const message = issue.message ?? 'is not allowed'
    if (issue.keyword === 'unrecognized_keys')
      return texts(issue.params['keys']).map((key) => ({
        field: [...path, key].join('.'),
        message: 'There is no such parameter.',
      }))
    const allowed = texts(issue.params['values'])
    const field = path.join('.') || 'request'
    return [{ field, message, ...(allowed.length > 0 ? { allowed } : {}) }]
  })
}

function texts(list: unknown): string[] {
  return Array.isArray(list) ? list.map(String) : []
}
