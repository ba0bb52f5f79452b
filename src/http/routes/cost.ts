/** What a usage costs, or cost: with the tier, mode, window and region that applied then. */
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { circumstancesOf, costOf, type Usage } from '../../catalog/cost.ts'
import { modelKey } from '../../catalog/model.ts'
import { Meter, type PriceSheet } from '../../catalog/price.ts'
import { sheetOf } from '../../catalog/read-prices.ts'
import { readVersion } from '../../catalog/versions.ts'
import { audienceOf } from '../caller.ts'
import type { HttpContext } from '../http-context.ts'
import { InvalidParameter } from '../invalid-request.ts'
import { problemResponses } from '../problem-schema.ts'
import { requireModel } from '../require-model.ts'
import { CostRequest, CostSchema } from '../schemas/prices.ts'
import { readPriceSheet } from './prices.ts'

export function registerCost(app: FastifyInstance, { reads }: HttpContext): void {
  app.withTypeProvider<ZodTypeProvider>().post('/api/v1/cost', {
    schema: {
      summary: 'What a usage costs',
      description:
        'Priced by what was charged at `at`, with the context tier that the prompt reached. A meter without a price of its own is charged as the one that providers count it as (`chargedAs`); one without any price makes `total` null.',
      tags: ['prices'],
      body: CostRequest,
      response: { 200: CostSchema, ...problemResponses },
    },
    handler: async (request, reply) => {
      const priced = await reads.inSnapshot(async (reader) => {
        const model = await requireModel(reader, request.body.model, audienceOf(request))
        const version = await readVersion(reader)
        return { version, ...(await readPriceSheet(reader, model, request.body.at)) }
      })
      const { model, at, isNow, periods, version } = priced
      const sheet = isNow ? model.prices : sheetOf(periods)
      void reply.header('x-catalog-version', version).header('cache-control', 'no-store')
      return {
        model: modelKey(model),
        version,
        at: at.toISOString(),
        ...costOf(sheet, usageOf(request.body), knownCircumstances(sheet, request.body, at)),
      }
    },
  })
}

type CostBody = z.output<typeof CostRequest>

function usageOf({ usage }: CostBody): Usage {
  return new Map(Meter.options.flatMap((meter) => pairOf(meter, usage[meter])))
}

function pairOf(meter: Meter, quantity: string | undefined): [Meter, string][] {
  return quantity === undefined ? [] : [[meter, quantity]]
}

/** Throws `invalid_argument` for a circumstance of which the model has no price at all. */
function knownCircumstances(sheet: PriceSheet, body: CostBody, at: Date) {
  for (const name of ['mode', 'region', 'variant', 'ttl'] as const) {
    const stated = body[name]
    const known = circumstancesOf(sheet, name)
    if (stated === undefined || known.includes(stated)) continue
    const allowed = known.length > 0 ? `it has: ${known.join(', ')}` : `it has none`
    throw new InvalidParameter(
      name,
      `${body.model} has no prices for ${name} "${stated}"; ${allowed}.`,
      { allowed: known, nextStep: `Leave ${name} out for the standard price.` },
    )
  }
  const { mode, region, variant, ttl, prompt_tokens: promptTokens } = body
  return { at, mode, region, variant, ttl, promptTokens }
}
