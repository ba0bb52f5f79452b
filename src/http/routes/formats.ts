/** The catalog in the formats that other tools read: whole documents, see formats/format-table.ts. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { sendAnswer } from '../cache/send-answer.ts'
import { audienceOf } from '../caller.ts'
import type { HttpContext } from '../http-context.ts'
import { notModified, problemResponses } from '../problem-schema.ts'
import { formatAt, formatPaths, variantsOf } from '../publishing/format-requests.ts'

/** Tools add parameters of their own, to get past caches for instance: only ours are looked at. */
function queryOf(path: string): z.ZodType {
  const variants = variantsOf(path)
  if (variants.length === 0) return z.looseObject({})
  const only = z.enum(variants).optional().describe('Without what is not in the catalog.')
  return z.looseObject({ only })
}

const Document = z.unknown().describe('As the tools that read it define it.')

export function registerFormats(app: FastifyInstance, { formats }: HttpContext): void {
  for (const path of formatPaths) {
    const format = formatAt(path)
    if (!format) continue
    app.get(path, {
      config: { othersKeys: 'ignored' },
      schema: {
        summary: format.summary,
        tags: ['formats'],
        querystring: queryOf(path),
        response: { 200: Document, ...notModified, ...problemResponses },
      },
      handler: async (request, reply) => {
        const asked = formatAt(request.url) ?? format
        const audience = audienceOf(request)
        const answer = formats.current(asked, audience) ?? (await formats.obtain(asked, audience))
        return sendAnswer(request, reply, answer)
      },
    })
  }
}
