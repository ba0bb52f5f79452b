/** A path of ours, asked with a method that it has not: 405, and which it has (RFC 9110, 15.5.6). */
import type { FastifyContextConfig, FastifyInstance, HTTPMethods } from 'fastify'
import { refusal, sendProblem } from './problem.ts'

/** OPTIONS is answered for every path, to browsers. */
const methods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

interface KnownPath {
  allowed: Set<string>
  config: FastifyContextConfig
}

/** To be called before the first route is there. Returns what is to be called after the last one. */
export function watchMethods(app: FastifyInstance): () => void {
  const paths = new Map<string, KnownPath>()
  app.addHook('onRoute', ({ url, method, config }) => {
    const { isStream: _isStream, ...access } = config ?? {}
    const known = paths.get(url) ?? { allowed: new Set(), config: access }
    paths.set(url, known)
    for (const one of [method].flat()) known.allowed.add(one)
  })
  return () => {
    for (const [url, { allowed, config }] of paths)
      // What browsers ask before they send is for whatever path.
      if (url !== '*') refuseOthers(app, url, [...allowed], config)
  }
}

function refuseOthers(
  app: FastifyInstance,
  url: string,
  allowed: readonly string[],
  config: FastifyContextConfig,
): void {
  const others = methods.filter((method) => !allowed.includes(method))
  if (others.length === 0) return
  const message = `is not for this path; it has ${allowed.join(', ')}`
  app.route({
    url,
    method: others,
    // Whoever may not read the path learns nothing of it.
    config,
    schema: { hide: true },
    // Before the body: nobody will look at it.
    onRequest: (request, reply, _done) => {
      void sendProblem(request, reply.header('allow', allowed.join(', ')), {
        ...refusal(405, `${request.method} ${message}.`),
        errors: [{ field: 'method', message, allowed: [...allowed] }],
      })
    },
    handler: (_request, reply) => reply,
  })
}
