/** Bytes that are no request never reach a handler: the answer is written to the socket by hand. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { problemType, refusal } from './problem.ts'

const refusals: Readonly<Record<string, [status: number, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request was not complete in time.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are too large.'],
}

export function refuseUnreadable(error: { code: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const [status, detail] = refusals[error.code] ?? [400, 'This is not HTTP.']
  const body = JSON.stringify(refusal(status, detail))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
  else socket.destroy()
}
