import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { onTestFinished, expect, it } from 'vitest'
import { createStreamClient } from '../../src/http/streams/stream-client.ts'

/** A response whose client has asked and reads nothing until `read`. */
async function openResponse(): Promise<{ response: ServerResponse; read: () => void }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  socket.pause()
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
  onTestFinished(async () => {
    socket.destroy()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return { response, read: () => void socket.resume() }
}

const block = 'x'.repeat(100_000)

it('waits for a client that does not read, holds little for it, and gives it up', async () => {
  const { response } = await openResponse()
  const controller = new AbortController()
  let mostHeld = 0
  const patience = { drainWithinMs: 300, onSlow: () => controller.abort(new Error('slow')) }
  const client = createStreamClient(response, patience, controller.signal)
  const writing = async () => {
    for (;;) {
      mostHeld = Math.max(mostHeld, response.writableLength)
      await client.write(block)
    }
  }
  await expect(writing()).rejects.toThrow('aborted')
  expect(client.hasRoom).toBe(false)
  expect(mostHeld).toBeLessThan(2 * block.length)
})

it('goes on when the client reads again', async () => {
  const { response, read } = await openResponse()
  const { signal } = new AbortController()
  const onSlow = () => {
    throw new Error('it was given up')
  }
  const client = createStreamClient(response, { drainWithinMs: 20_000, onSlow }, signal)
  for (let written = 0; written < 300; written++) {
    const writing = client.write(block)
    if (!client.hasRoom) read()
    await writing
  }
  expect(client.hasRoom).toBe(true)
})
