/**
 * Readers that do nothing but read: no answer is decompressed or made into text. Autocannon makes text
 * of every byte, which takes it 4 ms for 200 KB of gzip: with a large body it measures itself.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface PlainReader {
  /**
   * Milliseconds until the whole answer was there. Throws when it is not a 200 with a Content-Length, or
   * the connection breaks. One at a time.
   */
  read: (path: string) => Promise<number>
  close: () => void
}

/** One connection that is kept. */
export async function openPlainReader(serverUrl: string): Promise<PlainReader> {
  const { hostname, port, host } = new URL(serverUrl)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.setNoDelay(true)
  return {
    read(path) {
      const startedAt = performance.now()
      const answered = wholeAnswer(socket)
      socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\naccept-encoding: gzip\r\n\r\n`)
      return answered.then(() => performance.now() - startedAt)
    },
    close: () => socket.destroy(),
  }
}

/** The latency of each answer of one URL in milliseconds: each reader asks again when its answer is whole. */
export async function readPlainly(
  url: string,
  connections: number,
  durationMs: number,
): Promise<number[]> {
  const { origin, pathname, search } = new URL(url)
  const latenciesMs: number[] = []
  const endsAt = performance.now() + durationMs
  const readOn = async () => {
    const reader = await openPlainReader(origin)
    try {
      while (performance.now() < endsAt) latenciesMs.push(await reader.read(pathname + search))
    } finally {
      reader.close()
    }
  }
  await Promise.all(Array.from({ length: connections }, readOn))
  return latenciesMs
}

function wholeAnswer(socket: Socket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let missingBytes = 0
  const onData = (chunk: Buffer) => {
    try {
      missingBytes = (missingBytes === 0 ? bytesOf(chunk) : missingBytes) - chunk.length
      if (missingBytes <= 0) resolve()
    } catch (error) {
      reject(error)
    }
  }
  const onClose = () => reject(new Error('The connection was closed.'))
  socket.on('data', onData).once('error', reject).once('close', onClose)
  return promise.finally(() => {
    socket.off('data', onData).off('error', reject).off('close', onClose)
  })
}

/** Of the whole answer that this begins; its head fits into what is received first. */
function bytesOf(start: Buffer): number {
  const headBytes = start.indexOf('\r\n\r\n') + 4
  const head = start.toString('latin1', 0, headBytes)
  const length = /^HTTP\/1\.1 200 .*\r\ncontent-length: (\d+)\r\n/is.exec(head)?.[1]
  if (length === undefined) throw new Error(`No answer that can be read: ${head.slice(0, 200)}`)
  return headBytes + Number(length)
}
