/** The last touches to the API's description, once all paths are in it. */
import { z } from 'zod'
import { describeComponents } from './openapi-schema.ts'

type Describe = typeof describeComponents
type Document = ReturnType<Describe>

const Parameter = z.looseObject({
  name: z.string(),
  in: z.string(),
  schema: z.looseObject({ explode: z.boolean().optional() }).optional(),
})
const Operation = z.looseObject({
  summary: z.string().default('What its path says'),
  parameters: z.array(Parameter).optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string() })),
})
const Paths = z.record(z.string(), z.record(z.string(), Operation))
type Operation = z.infer<typeof Operation>

export const describeDocument: Describe = (described) => {
  const document = describeComponents(described)
  const paths = Object.entries(Paths.parse('paths' in document ? document.paths : {}))
  const finished = paths.map(([path, methods]) => [
    nameWildcard(path),
    Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [
        method,
        finishOperation(operation, operationId(method, path)),
      ]),
    ),
  ])
  return withoutUnused({ ...document, paths: Object.fromEntries(finished) })
}

/** The router calls the rest of a path `*`, which is no name in a generated client. */
function nameWildcard(text: string): string {
  return text.replaceAll('*', 'model')
}

function finishOperation(operation: Operation, id: string) {
  const { parameters, responses, ...rest } = operation
  return {
    operationId: id,
    ...rest,
    responses: mapValues(responses, (one) => sayWhat(one, operation.summary)),
    ...(parameters ? { parameters: parameters.map(finishParameter) } : {}),
  }
}

function sayWhat<Response extends { description: string }>(one: Response, summary: string) {
  return one.description === 'Default Response' ? { ...one, description: `${summary}.` } : one
}

function mapValues<Value>(record: Readonly<Record<string, Value>>, map: (value: Value) => Value) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
}

/** How a list is written in a URL is said beside the schema, not in it. */
function finishParameter({ schema, ...parameter }: z.infer<typeof Parameter>) {
  const { explode, ...rest } = schema ?? {}
  const style = explode === undefined ? {} : { style: 'form', explode }
  return { ...parameter, name: nameWildcard(parameter.name), ...style, schema: rest }
}

/** `get /api/v1/models/{id}/prices` → `getModelsByIdPrices`: names of a generated client's functions. */
function operationId(method: string, path: string): string {
  const words = nameWildcard(path)
    .replace(/^\/api\/v1\//, '')
    .replaceAll(/\{(\w+)\}/g, 'by-$1')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
  return method + words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('')
}

/** Each schema comes twice, as it is sent and as it is taken; most are only sent. */
function withoutUnused(document: Document): Document {
  const { schemas = {}, ...components } =
    'components' in document ? (document.components ?? {}) : {}
  const refsIn = (part: unknown) =>
    [...JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name)
  const used = new Set(refsIn({ ...document, components }))
  for (const name of used)
    if (name !== undefined) for (const other of refsIn(schemas[name])) used.add(other)
  const kept = Object.entries(schemas).filter(([name]) => used.has(name))
  return {
    ...document,
    components: { ...components, schemas: Object.fromEntries(kept) },
  } as Document
}
