/**
 * /livez says that the process answers, and nothing about what it depends on: restarting it would not
 * mend PostgreSQL. /readyz says whether it can work (readiness.ts).
 */
import type { FastifyInstance } from 'fastify'
import { createReadiness, type Role } from '../readiness.ts'
import type { HttpContext } from '../http-context.ts'

/** For everybody, and not counted: who watches must not be turned away. */
const free = { config: { scope: 'none' }, schema: { hide: true } } as const

export function registerProbes(app: FastifyInstance, context: HttpContext, role: Role): void {
  const readReadiness = createReadiness(context, role)
  app.get('/livez', free, (_request, reply) => {
    void reply.header('cache-control', 'no-store')
    return reply.send({ status: 'pass', role, uptimeSeconds: Math.round(process.uptime()) })
  })
  app.get('/readyz', free, async (_request, reply) => {
    const readiness = await readReadiness()
    void reply.header('cache-control', 'no-store').code(readiness.status === 'fail' ? 503 : 200)
    return readiness
  })
}
