import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface TcpProxy {
  /** The target's URL with the proxy's port. */
  url: string
  /** Ends all connections; new ones pass. */
  cut(): void
  /** Existing connections stay open and carry nothing any more, without FIN or RST; new ones pass. */
  blackhole(): void
  /** Ends all connections and refuses new ones, until `restore`. */
  refuse(): void
  restore(): void
  /** New connections go to another server. */
  retarget(target: string): void
  close(): Promise<void>
}

/** Stands between a client and a server, and misbehaves as networks do. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  let { hostname, port } = new URL(target)
  const pairs = new Set<[Socket, Socket]>()
  let refuses = false
  const server = createServer((client) => (refuses ? client.destroy() : forward(client)))
  function forward(client: Socket): void {
    const upstream = connect(Number(port), hostname)
    const pair: [Socket, Socket] = [client, upstream]
    pairs.add(pair)
    client.pipe(upstream)
    upstream.pipe(client)
    for (const socket of pair) {
      socket.on('error', () => {})
      socket.on('close', () => end(pair))
    }
  }
  function end(pair: [Socket, Socket]): void {
    pairs.delete(pair)
    for (const socket of pair) socket.destroy()
  }
  const cut = (): void => pairs.forEach(end)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  const { port: ownPort } = server.address() as AddressInfo
  url.port = String(ownPort)
  url.hostname = '127.0.0.1'
  return {
    url: url.href,
    cut,
    blackhole() {
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream).resume()
        upstream.unpipe(client).resume()
      }
    },
    refuse() {
      refuses = true
      cut()
    },
    restore: () => void (refuses = false),
    retarget: (other) => void ({ hostname, port } = new URL(other)),
    async close() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
