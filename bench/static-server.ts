/** Run by api-process.ts: answers every request with the bytes of a file, which are gzip. */
import { readFileSync } from 'node:fs'
import { fastify } from 'fastify'

const body = readFileSync(process.argv[2] ?? '')
const app = fastify()
app.get('/', (_request, reply) =>
  reply
    .header('content-type', 'application/json; charset=utf-8')
    .header('content-encoding', 'gzip')
    .send(body),
)
const url = await app.listen({ host: '127.0.0.1', port: 0 })
process.once('SIGTERM', () => void app.close())
console.log(JSON.stringify({ url }))
