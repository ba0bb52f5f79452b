/**
 * Readers of one path that do nothing but read: each sends its next request when the last answer is
 * whole. Autocannon makes text of every byte, which takes it 4 ms for 200 KB of gzip: with a large body
 * it measures itself.
 */
import { connect, type Socket } from 'node:net'

/**
 * The latency of each answer in milliseconds. Throws when an answer is not a 200 with a Content-Length,
 * or a connection breaks.
 */
export async function readPlainly(
  url: string,
  connections: number,
  durationMs: number,
): Promise<number[]> {
  const latenciesMs: number[] = []
  const endsAt = performance.now() + durationMs
  await Promise.all(
    Array.from({ length: connections }, () => readUntil(new URL(url), endsAt, latenciesMs)),
  )
  return latenciesMs
}

function readUntil(url: URL, endsAt: number, latenciesMs: number[]): Promise<void> {
  const request = `GET ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\naccept-encoding: gzip\r\n\r\n`
  const socket = connect(Number(url.port), url.hostname)
  return new Promise((resolve, reject) => {
    let startedAt = 0
    let missingBytes = 0
    const ask = () => {
      startedAt = performance.now()
      if (startedAt >= endsAt) return end(socket, resolve)
      socket.write(request)
    }
    socket.once('connect', ask)
    socket.on('data', (chunk: Buffer) => {
      try {
        missingBytes = (missingBytes === 0 ? bytesOf(chunk) : missingBytes) - chunk.length
      } catch (error) {
        socket.destroy()
        return reject(error)
      }
      if (missingBytes > 0) return
      latenciesMs.push(performance.now() - startedAt)
      ask()
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error(`${url.href}: the connection was closed.`)))
  })
}

function end(socket: Socket, resolve: () => void): void {
  socket.destroy()
  resolve()
}

/** Of the whole answer that this begins; its head fits into what is received first. */
function bytesOf(start: Buffer): number {
  const headBytes = start.indexOf('\r\n\r\n') + 4
  const head = start.toString('latin1', 0, headBytes)
  const length = /^HTTP\/1\.1 200 .*\r\ncontent-length: (\d+)\r\n/is.exec(head)?.[1]
  if (length === undefined) throw new Error(`No answer that can be read: ${head.slice(0, 200)}`)
  return headBytes + Number(length)
}
