/**
 * A read of the catalog as one declaration: its parameters, its shape and its query. Validation,
 * OpenAPI, the cache, validators and compression follow from it.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Reader } from '../catalog/database.ts'
import type { Audience } from '../catalog/model-filter.ts'
import { readHead } from '../catalog/versions.ts'
import { createAnswer, jsonAnswer, type Answer } from './cache/answer.ts'
import { sendAgain, sendAnswer } from './cache/send-answer.ts'
import { audienceOf } from './caller.ts'
import type { HttpContext } from './http-context.ts'
import { notModified, problemResponses } from './problem-schema.ts'
import { formatAt } from './publishing/format-requests.ts'

export interface CatalogRoute<Params extends z.ZodType, Query extends z.ZodType> {
  url: string
  summary: string
  description?: string
  tags: readonly string[]
  params: Params
  querystring: Query
  response: z.ZodType
  /** Absent: JSON. */
  contentType?: string
  /** As in FastifyContextConfig (caller.ts). */
  othersKeys?: 'ignored'
  /** The parameter that takes `next` of the answer: the header Link then has the next page's address. */
  nextAs?: string
  /** Lists go stale as a whole; what one provider or model has is kept longer. */
  kind: keyof typeof backstopMs
  /**
   * In one snapshot of the database, which has the catalog at `version`. Returns what is sent as JSON,
   * or, of another content type, its text. Throws PlumblineError.
   */
  read: (
    reader: Reader,
    asked: {
      params: z.output<Params>
      query: z.output<Query>
      audience: Audience
      version: number
    },
  ) => Promise<unknown>
}

/**
 * How long an answer is served when no announcement of a change comes. What refreshes measure moves
 * without a change of the catalog: it is read again soon.
 */
export const backstopMs = { list: 15 * 60_000, provider: 30 * 60_000, health: 30_000 } as const

export function registerCatalogRoute<Params extends z.ZodType, Query extends z.ZodType>(
  app: FastifyInstance,
  context: Pick<HttpContext, 'reads' | 'answers'>,
  route: CatalogRoute<Params, Query>,
): void {
  const { summary, description, tags, params, querystring, response, url, kind, read } = route
  const { othersKeys } = route
  const { contentType, nextAs } = route
  const { answers, reads } = context
  app.get(url, {
    config: othersKeys === undefined ? {} : { othersKeys },
    schema: {
      summary,
      ...(description === undefined ? {} : { description }),
      tags: [...tags],
      params,
      querystring,
      response: { 200: describeAnswer(response, contentType), ...notModified, ...problemResponses },
    },
    // An answer that is there was validated when it was made: the URL is the same to the letter.
    preValidation: (request, reply, done) => {
      const answer = answers.fresh(keyOf(request))
      if (answer) void sendAnswer(request, reply, answer)
      else done()
    },
    handler: async (request, reply) => {
      const asked = {
        // Both were parsed by the schemas that their types are taken from.
        params: request.params as z.output<Params>,
        query: request.query as z.output<Query>,
        audience: audienceOf(request),
      }
      const make = () =>
        readAnswer(reads, (reader, version) => read(reader, { ...asked, version }), {
          contentType,
          isMeasured: kind === 'health',
          linkOf: (value) =>
            nextAs === undefined ? undefined : linkToNext(request.url, nextAs, value),
        })
      const answer = await answers.obtain(keyOf(request), { make, ttlMs: backstopMs[kind] })
      return sendAnswer(request, reply, answer)
    },
  })
}

function keyOf(request: FastifyRequest): string {
  return `${audienceOf(request)} ${request.url}`
}

/**
 * Answers again what is asked again, before anything else is done for the request but to know the
 * caller and their limits. To be registered after these, and before all that sets headers.
 */
export function registerRepeatedAnswers(
  app: FastifyInstance,
  { answers, formats }: Pick<HttpContext, 'answers' | 'formats'>,
): void {
  const findFormat = (request: FastifyRequest) => {
    const format = formatAt(request.url)
    return format && formats.current(format, audienceOf(request))
  }
  app.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'GET' || request.refusal) return done()
    const answer = answers.fresh(keyOf(request)) ?? findFormat(request)
    if (!answer || !sendAgain(request, reply, answer)) done()
  })
}

function describeAnswer(response: z.ZodType, contentType: string | undefined) {
  if (contentType === undefined) return response
  const [media = ''] = contentType.split(';')
  return { description: 'As its name says.', content: { [media]: { schema: response } } }
}

interface AnswerForm {
  contentType: string | undefined
  isMeasured: boolean
  linkOf: (value: unknown) => string | undefined
}

async function readAnswer(
  reads: HttpContext['reads'],
  read: (reader: Reader, version: number) => Promise<unknown>,
  { contentType, isMeasured, linkOf }: AnswerForm,
): Promise<Answer> {
  return reads.inSnapshot(async (reader) => {
    const head = await readHead(reader)
    const value = await read(reader, head.version)
    if (contentType === undefined)
      return jsonAnswer({ ...head, isMeasured, link: linkOf(value) }, value)
    if (typeof value !== 'string') throw new TypeError(`An answer of ${contentType} must be text.`)
    return createAnswer({ ...head, contentType, body: Buffer.from(value) })
  })
}

/** RFC 8288, relative to the request. */
function linkToNext(url: string, parameter: string, value: unknown): string | undefined {
  const next = typeof value === 'object' && value && 'next' in value ? value.next : undefined
  if (typeof next !== 'string') return undefined
  const [path = '', query = ''] = url.split('?')
  const parameters = new URLSearchParams(query)
  parameters.delete('page')
  parameters.set(parameter, next)
  return `<${path}?${parameters.toString()}>; rel="next"`
}
