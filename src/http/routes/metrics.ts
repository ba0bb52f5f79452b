/** Prometheus reads /metrics; what it finds there is declared in src/metrics.ts. */
import type { FastifyInstance } from 'fastify'
import type { HttpContext } from '../http-context.ts'
import { registerCollectors } from '../collect-gauges.ts'

export function registerMetrics(app: FastifyInstance, context: HttpContext): void {
  registerCollectors(context)
  app.get('/metrics', async (_request, reply) => {
    const { contentType, body } = await context.metrics.render()
    void reply.header('content-type', contentType).header('cache-control', 'no-store')
    return body
  })
}
