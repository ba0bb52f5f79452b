/** An HTTP server that plays models.dev: gzip, and with an ETag or without. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'

export interface PayloadServer {
  url: string
  /** Served from now on. With an ETag a conditional request is answered with 304. */
  serve: (body: string, etag?: string) => void
  close: () => void
}

export async function startPayloadServer(): Promise<PayloadServer> {
  let answer = { bytes: gzipSync('{}'), etag: undefined as string | undefined }
  const server = createServer((request, response) => {
    const { bytes, etag } = answer
    if (etag !== undefined) response.setHeader('etag', etag)
    if (etag !== undefined && request.headers['if-none-match'] === etag) {
      response.writeHead(304).end()
      return
    }
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
    response.end(bytes)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return {
    url: `http://127.0.0.1:${address.port}/api.json`,
    serve: (body, etag) => void (answer = { bytes: gzipSync(body), etag }),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
