import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'

/** What a problem document and our log call the request; made when the first of them asks. */
export function requestIdOf(request: FastifyRequest): string {
  if (request.id === '') request.id = randomUUID()
  return request.id
}
