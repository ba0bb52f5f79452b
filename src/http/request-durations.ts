/** How long requests take, by route pattern: ids and scanners add no series. */
import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../metrics.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** It lasts as long as the client stays: its duration says nothing. */
    isStream?: boolean
  }
}

export function measureRequests(
  app: FastifyInstance,
  metrics: Pick<Metrics, 'httpRequestDuration'>,
): void {
  // Bounded, since its keys are: methods, routes and status codes.
  const observers = new Map<string, (seconds: number) => void>()
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request
    const { url: route = 'none', config } = routeOptions
    if (config.isStream) return done()
    const code = reply.raw.statusCode
    const key = `${method} ${code} ${route}`
    let observe = observers.get(key)
    if (!observe) {
      observe = metrics.httpRequestDuration.observer({ method, route, status_code: `${code}` })
      observers.set(key, observe)
    }
    observe(reply.elapsedTime / 1000)
    done()
  })
}
