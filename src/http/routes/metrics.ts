/** Prometheus reads /metrics; what it finds there is declared in src/metrics.ts. */
import type { FastifyInstance } from 'fastify'
import type { HttpContext } from '../http-context.ts'
import { registerCollectors } from '../collect-gauges.ts'

/** For everybody, and not counted: who watches must not be turned away. */
const free = { config: { scope: 'none' }, schema: { hide: true } } as const

export function registerMetrics(app: FastifyInstance, context: HttpContext): void {
  registerCollectors(context)
  app.get('/metrics', free, async (_request, reply) => {
    const { contentType, body } = await context.metrics.render()
    void reply.header('content-type', contentType).header('cache-control', 'no-store')
    return body
  })
}
