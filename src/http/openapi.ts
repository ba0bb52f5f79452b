/** The description of the API: OpenAPI 3.1 from the schemas that validate, and a page that shows it. */
import swagger from '@fastify/swagger'
import reference from '@scalar/fastify-api-reference'
import type { FastifyInstance } from 'fastify'
import { version } from '../version.ts'
import { visibilityOf } from './cache/send-answer.ts'
import { describeDocument } from './openapi-document.ts'
import { describeRoute } from './openapi-schema.ts'

const description = `Which AI models exist, what they can do and what they cost.

Prices are decimal text: USD per million tokens, or per unit. Every answer is of one version of the
catalog (\`X-Catalog-Version\`) and has a strong \`ETag\`. Errors are problem documents (RFC 9457) with a
stable \`code\`. Ids are \`provider/model-id\`, encoded or as they are.`

const tags = [
  { name: 'models', description: 'Models: list, search, one, several side by side.' },
  { name: 'prices', description: 'What a model costs now, then, and for a given usage.' },
  { name: 'providers', description: 'Who serves models, and how well that is known.' },
  { name: 'changes', description: 'What changed: pages, a stream, feeds.' },
  { name: 'formats', description: 'The catalog in the formats that other tools read.' },
]

/** The page starts itself by a script of its own, and fetches from nobody but us. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

/** Before the routes that it shall describe. */
export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Plumbline', version, description },
      tags,
      servers: [{ url: '/', description: 'Where this description comes from.' }],
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'An API key (plb_…) or a JWT.' },
          header: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
        },
      },
      security: [{}, { key: [] }, { header: [] }],
    },
    transform: describeRoute,
    transformObject: describeDocument,
  })
  app.get('/openapi.json', { schema: { hide: true } }, (request, reply) =>
    reply
      .header('cache-control', `${visibilityOf(request)}, max-age=300`)
      .header('vary', 'authorization, x-api-key')
      .send(app.swagger()),
  )
  await app.register(reference, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      title: 'Plumbline API',
      telemetry: false,
      // Services of the page's maker, which would send our description there.
      agent: { disabled: true },
      mcp: { disabled: true },
      showDeveloperTools: 'never',
    },
    logLevel: 'silent',
    hooks: {
      onRequest: (_request, reply, done) => {
        void reply.header('content-security-policy', pagePolicy)
        done()
      },
    },
  })
}
