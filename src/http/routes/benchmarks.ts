/** What a model scored. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { modelKey } from '../../catalog/model.ts'
import { readBenchmarks, type Benchmark } from '../../catalog/read-benchmarks.ts'
import { registerCatalogRoute } from '../catalog-route.ts'
import type { HttpContext } from '../http-context.ts'
import { requireModel } from '../require-model.ts'
import { BenchmarkSchema, ModelParams, NoQuery } from '../schemas/models.ts'

export function registerBenchmarks(app: FastifyInstance, context: HttpContext): void {
  registerCatalogRoute(app, context, {
    url: '/api/v1/models/:id/benchmarks',
    summary: 'What a model scored, and who says so',
    tags: ['models'],
    params: ModelParams,
    querystring: NoQuery,
    response: z
      .object({ id: z.string(), benchmarks: z.array(BenchmarkSchema) })
      .meta({ id: 'Benchmarks' }),
    // They move without a version: a score is no change of the model.
    kind: 'health',
    read: async (reader, { params, audience }) => {
      const model = await requireModel(reader, params.id, audience)
      const benchmarks = await readBenchmarks(reader, model)
      return { id: modelKey(model), benchmarks: benchmarks.map(viewBenchmark) }
    },
  })
}

export function viewBenchmark({ updatedAt, ...benchmark }: Benchmark) {
  return { ...benchmark, updatedAt: updatedAt.toISOString() }
}
