/** What a page in somebody's browser needs to read us, and what keeps our answers from being more than data. */
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

/**
 * Every header is sent with every answer, so there are only those that mean something for data: no
 * page is made of it, no type is guessed, anybody's page may fetch it. What a page needs beside
 * (openapi.ts) it sets itself; that TLS is used is for the proxy to say that ends it.
 */
export async function registerBrowserHeaders(app: FastifyInstance): Promise<void> {
  await app.register(cors, {
    origin: '*',
    methods: ['GET', 'HEAD', 'POST'],
    // Every header of ours is meant for whoever asks; a list of them would go out with each answer.
    exposedHeaders: '*',
    maxAge: 86_400,
  })
  await app.register(helmet, {
    global: true,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    // Who reads us from a page does it by CORS.
    crossOriginResourcePolicy: false,
    referrerPolicy: false,
    crossOriginEmbedderPolicy: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    strictTransportSecurity: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xFrameOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  })
}
