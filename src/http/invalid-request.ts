/** A request that does not fit its schema, told parameter by parameter with what is allowed. */
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { PlumblineError } from '../errors.ts'

export interface InvalidField {
  /** Name of the parameter, `usage.input` for what lies deeper in a body; `body`: all of it. */
  field: string
  message: string
  /** Where only some values are: these. */
  allowed?: string[]
}

/** A parameter that is wrong for a reason that its schema cannot see. */
export class InvalidParameter extends PlumblineError {
  readonly field: InvalidField

  constructor(
    name: string,
    message: string,
    options: { allowed?: string[]; nextStep?: string } = {},
  ) {
    const { allowed, nextStep } = options
    super('invalid_argument', `${name}: ${message}`, nextStep === undefined ? {} : { nextStep })
    this.field = { field: name, message, ...(allowed ? { allowed } : {}) }
  }
}

/** Undefined: the error is of another kind. */
export function readInvalidFields(error: unknown): InvalidField[] | undefined {
  if (error instanceof InvalidParameter) return [error.field]
  if (!hasZodFastifySchemaValidationErrors(error)) return undefined
  const whole = error.validationContext === 'body' ? 'body' : 'request'
  return error.validation.flatMap((issue) => {
    const path = issue.instancePath.split('/').filter((part) => part !== '')
    const message = issue.message ?? 'is not allowed'
    if (issue.keyword === 'unrecognized_keys')
      return texts(issue.params['keys']).map((key) => ({
        field: [...path, key].join('.'),
        message: 'There is no such parameter.',
      }))
    const allowed = texts(issue.params['values'])
    const field = path.join('.') || whole
    return [{ field, message, ...(allowed.length > 0 ? { allowed } : {}) }]
  })
}

function texts(list: unknown): string[] {
  return Array.isArray(list) ? list.map(String) : []
}
