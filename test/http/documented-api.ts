/** The description of the API, read as a stranger would: what can be called, how, and what comes back. */
import addFormats from 'ajv-formats'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { z } from 'zod'

const Parameter = z.looseObject({
  name: z.string(),
  in: z.enum(['path', 'query']),
  required: z.boolean(),
  example: z.unknown().optional(),
  explode: z.boolean().default(true),
  schema: z.looseObject({
    type: z.string().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    enum: z.array(z.string()).optional(),
    items: z.looseObject({ enum: z.array(z.string()).optional() }).optional(),
  }),
})
export type Parameter = z.output<typeof Parameter>

const Content = z.record(z.string(), z.object({ schema: z.unknown() }))
const Operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  tags: z.array(z.string()),
  parameters: z.array(Parameter).default([]),
  requestBody: z.looseObject({ content: Content }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: Content.optional() })),
})

const Description = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({
    schemas: z.record(z.string(), z.looseObject({ examples: z.array(z.unknown()).optional() })),
  }),
})
export type Description = z.output<typeof Description>

export interface DocumentedOperation extends z.output<typeof Operation> {
  method: string
  path: string
  /** `GET /api/v1/models` */
  name: string
}

export interface DocumentedApi {
  operations: DocumentedOperation[]
  /** With an example, by its name. */
  examples: [schema: string, example: unknown][]
  /** What is wrong with a body by a schema of the description, named by where it is; undefined: nothing. */
  misfit: (place: readonly string[], body: unknown) => string | undefined
}

export function readDescription(document: object): DocumentedApi {
  const { paths, components } = Description.parse(document)
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(document, 'api')
  return {
    operations: Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        ...operation,
        method,
        path,
        name: `${method.toUpperCase()} ${path}`,
      })),
    ),
    examples: Object.entries(components.schemas).flatMap(([name, { examples = [] }]) =>
      examples.map((example): [string, unknown] => [name, example]),
    ),
    misfit(place, body) {
      const pointer = place.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
      const check = ajv.getSchema(`api#/${pointer.map(encodeURIComponent).join('/')}`)
      if (!check) throw new Error(`Nothing is described at ${place.join(' ')}.`)
      return check(body) ? undefined : ajv.errorsText(check.errors)
    },
  }
}

export type Values = Readonly<Record<string, unknown>>

/** Of the parameters that have an example, or of those alone without which it cannot be called. */
export function examplesOf({ parameters }: DocumentedOperation, which: 'required' | 'all'): Values {
  const wanted = parameters.filter(({ required, example }) =>
    which === 'required' ? required : example !== undefined,
  )
  return Object.fromEntries(wanted.map(({ name, example }) => [name, example]))
}

/** Path and query, the values written as the description says. Names that it does not know go into the query. */
export function urlOf({ path, parameters }: DocumentedOperation, values: Values): string {
  const known = new Map(parameters.map((parameter) => [parameter.name, parameter]))
  let url = path
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    const parameter = known.get(name)
    if (parameter?.in === 'path') url = url.replace(`{${name}}`, encodeURIComponent(String(value)))
    else if (Array.isArray(value) && parameter?.explode === false)
      query.append(name, value.join(','))
    else for (const one of [value].flat()) query.append(name, String(one))
  }
  return query.size === 0 ? url : `${url}?${query.toString()}`
}
